// Puts the synthetic guest in the place of fake VMs' console sockets: the agent then relays real bytes at full speed.
import { rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import path from 'node:path';
import { startChild } from '../child.ts';
import type { BenchContext } from '../section.ts';
import { waitUntil } from '../wait-until.ts';

export async function startSyntheticGuest(
  { resources, folder }: BenchContext,
  ...socketPaths: string[]
): Promise<void> {
  for (const socketPath of socketPaths) await rm(socketPath, { force: true });
  const program = path.join(import.meta.dirname, 'synthetic-guest.ts');
  await startChild(resources, process.execPath, [program, ...socketPaths], path.join(folder, 'synthetic-guest.log'));
  for (const socketPath of socketPaths) await waitUntil('the synthetic guest', () => answers(socketPath));
}

async function answers(socketPath: string): Promise<true | null> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(null));
  });
}

/** The first bytes of a connection that wants `total` bytes. */
export function floodRequest(total: number): Buffer {
  const request = Buffer.alloc(9, 'F');
  request.writeBigUInt64LE(BigInt(total), 1);
  return request;
}

/** Bytes all floods have handed to the kernel so far. */
export function floodTaken(socketPath: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = createConnection(socketPath, () => socket.write('T'));
    socket.on('data', (bytes) => {
      text += bytes.toString();
    });
    socket.once('error', reject);
    socket.once('end', () => resolve(Number(text)));
  });
}
