// How the agent talks to the process of its switches: one line of JSON each way, on a unix socket in a folder of the agent's user
// (0700). One request per connection.
import { connectUnixSocket, listenOnUnixSocket } from '@tt/client/node';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { NetworkError } from '../errors.ts';
import type { FileProblem } from './network-files.ts';

/** Incremented when an older switch could not do what a newer agent writes. */
export const SWITCH_VERSION = 1;

const requestSchema = z.strictObject({ do: z.enum(['reload', 'tell', 'end']) });
export type ControlRequest = z.infer<typeof requestSchema>;

const answerSchema = z.object({
  version: z.number().int(),
  pid: z.number().int().positive(),
  problems: z.array(z.object({ number: z.number().int(), message: z.string() })),
});
export type ControlAnswer = z.infer<typeof answerSchema>;

const LONGEST_REQUEST = 1024;
const LONGEST_ANSWER = 1024 * 1024;
const REQUEST_TIMEOUT_MS = 5_000;
/** Reading the files of some thousand NICs on a busy host. */
export const ANSWER_TIMEOUT_MS = 10_000;

export function controlSocket(directory: string): string {
  return path.join(directory, 'control.sock');
}

/** `answer` does what is asked and returns the problems. */
export async function serveControl(
  directory: string,
  answer: (request: ControlRequest) => Promise<FileProblem[]>,
): Promise<Server> {
  const server = createServer((socket) => {
    void serve(socket, answer);
  });
  const file = controlSocket(directory);
  // Of one that was killed: there is one process for a folder, as there is one agent.
  await rm(file, { force: true });
  await listenOnUnixSocket(server, file);
  await chmod(file, 0o600);
  return server;
}

async function serve(socket: Socket, answer: (request: ControlRequest) => Promise<FileProblem[]>): Promise<void> {
  try {
    const line = await readLine(socket, LONGEST_REQUEST, REQUEST_TIMEOUT_MS);
    const problems = await answer(requestSchema.parse(JSON.parse(line)));
    const said: ControlAnswer = { version: SWITCH_VERSION, pid: process.pid, problems };
    socket.end(`${JSON.stringify(said)}\n`);
  } catch {
    // Nobody to tell: it asked for nothing that could be done, or is gone.
    socket.destroy();
  }
}

/** null: nobody listens there. COMMAND_FAILED: somebody does, and gives no answer. */
export async function askControl(
  directory: string,
  request: ControlRequest,
  timeoutMs = ANSWER_TIMEOUT_MS,
): Promise<ControlAnswer | null> {
  const socket = connectUnixSocket(controlSocket(directory));
  try {
    socket.write(`${JSON.stringify(request)}\n`);
    const line = await readLine(socket, LONGEST_ANSWER, timeoutMs);
    return answerSchema.parse(JSON.parse(line));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return null;
    const why = error instanceof Error ? error.message : String(error);
    throw new NetworkError('COMMAND_FAILED', `the switch of user-mode guests gives no answer: ${why}`, {
      cause: error,
    });
  } finally {
    socket.destroy();
  }
}

/** The first line; rejects if it is too long, too late, or does not come. */
function readLine(socket: Socket, longest: number, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`nothing within ${timeoutMs} ms`)), timeoutMs);
    const end = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const [line, ...more] = text.split('\n');
      if (line !== undefined && more.length > 0) {
        clearTimeout(timer);
        resolve(line);
      } else if (text.length > longest) end(new Error('too long'));
    });
    socket.on('error', end);
    socket.on('close', () => end(new Error('it ended')));
  });
}
