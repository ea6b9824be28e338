// How long a fake guest's memory takes to be copied while it runs. At once, unless the guest says otherwise, as one that has much in
// use: `echo 20 > /dev/shm/copy-s` makes each of its saves last 20 s, so that people and specs can look at one.
import { setTimeout as wait } from 'node:timers/promises';
import type { SaveOptions } from '../interface.ts';
import type { FakeMachine } from './fake-machine.ts';

const COPY_SECONDS = '/dev/shm/copy-s';
const PARTS = 100;

/** Resolves when it is copied, when `signal` aborts, or when `isGone` says that the guest has ended. Never rejects. */
export async function copyFakeMemory(
  { ram }: Pick<FakeMachine, 'ram'>,
  { signal, onProgress }: Pick<SaveOptions, 'signal' | 'onProgress'>,
  isGone: () => boolean,
): Promise<void> {
  const seconds = Number(ram[COPY_SECONDS] ?? 0);
  if (!(seconds > 0)) return;
  for (let part = 0; part < PARTS; part++) {
    if (signal?.aborted || isGone()) return;
    onProgress?.(part, PARTS);
    await wait((seconds * 1000) / PARTS, undefined, signal && { signal }).catch(() => {});
  }
}
