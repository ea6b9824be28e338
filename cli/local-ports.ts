// A port of this computer that leads to something of a VM for as long as a command runs: `tt vnc`, `tt vm forward`.
import { linkToStream, type NodeConnection, openLocalPort, tellsUsers } from '@tt/client/node';
import { toErrorRecord, TtError } from '@tt/protocol';
import { interrupted } from './interrupts.ts';
import { inOneLine, printJson } from './output.ts';
import { print, printError } from './terminal.ts';

export interface ServedPort {
  connection: NodeConnection;
  /** Asked once before, so that what is not possible is said now and not to the first client. That ticket expires unused. */
  ticketOf: () => Promise<{ ticket: string }>;
  /** 0: any free one. */
  port: number;
  /** Connections at once. */
  most: number;
  /** What it leads to, for people. */
  said: string;
  json: boolean;
  /** Runs while it is there; default: until Ctrl-C. */
  during?: (port: number, signal: AbortSignal) => Promise<void>;
}

/** Rejects as `ticketOf` does, or with LISTEN_FAILED. */
export async function servePort({ connection, ticketOf, port, most, said, json, during }: ServedPort): Promise<void> {
  await ticketOf();
  const opened = await openLocalPort({
    port,
    most,
    connect: (socket) => linkToStream(connection, ticketOf, socket),
    onProblem: (error) => printError(`tt: ${problemText(error)}\n`),
  });
  const waiting = interrupted();
  try {
    if (json) printJson({ host: '127.0.0.1', port: opened.port });
    else print(`${said}: 127.0.0.1:${opened.port}\n`);
    if (!tellsUsers) printError('warning: every user of this computer can connect to this port\n');
    await (during ? during(opened.port, waiting.signal) : waiting.promise);
  } finally {
    waiting.stop();
    opened.close();
  }
}

function problemText(error: unknown): string {
  if (!(error instanceof TtError)) throw error;
  const { message, code } = toErrorRecord(error);
  return `${inOneLine(message)} [${code}]`;
}
