// The address of a server at a unix socket of this computer, `unix:/run/tt/agent.sock`, and the connection to it: plain HTTP, as nobody can
// listen in. A socket proves nothing, so its folder must: nobody but its owner may put another one there.
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import path from 'node:path';
import { TtError } from '@tt/protocol';
import { connectUnixSocket } from './unix-socket.ts';

/** Who asks over a socket names this host (RFC 9112, 3.2: there must be one). */
const HTTP_BASE = 'http://localhost';
const TIMEOUT_MS = 10_000;
const OTHERS_WRITE = 0o022;

/** The absolute path in such an address; null for any other address. */
export function socketFileIn(url: string): string | null {
  const found = /^unix:(?:\/\/)?(\/[^?#]*)$/i.exec(url)?.[1];
  if (found === undefined) return null;
  try {
    return decodeURIComponent(found);
  } catch {
    return null;
  }
}

/** What requests to a server begin with: its address, without a slash at its end. */
export function httpBase(url: string): string {
  return socketFileIn(url) === null ? url.replace(/\/$/, '') : HTTP_BASE;
}

/** Whether others than the owner of a folder can replace what is in it. Rejects with the system’s error. */
export async function canOthersWrite(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  return (mode & OTHERS_WRITE) !== 0;
}

/** Rejects with SOCKET_UNSAFE or SOCKET_NOT_PERMITTED; with the system’s error if nothing listens there. */
export async function safeUnixSocket(file: string): Promise<Socket> {
  if (await canOthersWrite(path.dirname(file))) throw new TtError('SOCKET_UNSAFE', { file });
  const socket = connectUnixSocket(file);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return socket;
  } catch (error) {
    socket.destroy();
    const isRefused = (error as NodeJS.ErrnoException).code === 'EACCES';
    throw isRefused ? new TtError('SOCKET_NOT_PERMITTED', { file }, { cause: error }) : error;
  }
}
