// The report of a server that cannot start: one sentence, what to do, and the code, instead of a stack trace.
import { asFileProblem, printError, startFailureText } from '@tt/client/node';
import { quoted, type Reason, reason, TtError } from '@tt/protocol';
import type { Logger } from 'pino';

const listenReasons: Readonly<Record<string, Reason>> = {
  EADDRINUSE: reason('portInUse'),
  EADDRNOTAVAIL: reason('addressNotHere'),
  EACCES: reason('portNotPermitted'),
};

/** Why nothing can listen there, as LISTEN_FAILED; an error that is not from the system is returned unchanged. */
export function asListenProblem(error: unknown, host: string, port: number): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const why = listenReasons[code] ?? quoted('reported', error.message);
  return new TtError('LISTEN_FAILED', { host, port, reason: why }, { cause: error });
}

/** Shows on standard error why `program` can't start. It is logged as well, except on a terminal, where it would appear twice. */
export function reportStartFailure(program: string, failure: unknown, logger: Logger): void {
  const error = asFileProblem(failure);
  if (!isExplained(error)) {
    logger.fatal({ err: error }, `${program} could not start`);
    return;
  }
  const { code, message, fix } = error;
  if (!process.stdout.isTTY) logger.fatal({ code, fix }, message);
  printError(startFailureText(program, { code, message, fix }));
}

function isExplained(error: unknown): error is Error & { code: string; fix: string } {
  return error instanceof Error && 'code' in error && 'fix' in error;
}
