// Starts the peer of this section and connects its listeners.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WebSocket } from 'ws';
import { startChild } from '../child.ts';
import type { BenchContext } from '../section.ts';
import { waitUntil } from '../wait-until.ts';
import { type Listener, openListeners } from './followers.ts';

/** `messages`: what it sends to all, by the name that asks for it. */
export async function startPlainPeer(
  { resources, folder }: BenchContext,
  messages: Record<string, readonly unknown[]>,
  count: number,
): Promise<Listener[]> {
  const [messageFile, portFile] = [path.join(folder, 'messages.json'), path.join(folder, 'port')];
  await writeFile(messageFile, JSON.stringify(messages));
  const program = path.join(import.meta.dirname, 'plain-fan-out.ts');
  await startChild(resources, process.execPath, [program, messageFile, portFile], path.join(folder, 'peer.log'));
  const port = await waitUntil('the plain WebSocket server', () => portIn(portFile));
  const open = () => new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  return openListeners(resources, count, open);
}

/** Null while it is not written. */
async function portIn(file: string): Promise<number | null> {
  try {
    return Number(await readFile(file, 'utf8')) || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
