// Removes what a killed agent left in the image folder: work in progress, and images that were being deleted. Their names
// contain the process that worked on them.
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isRunning } from '../host/temporary-folder.ts';

const WORK = /^\.(?:import|publish|deleted)-(\d+)-|^\..+\.building-(\d+)$/;

export async function sweepLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const match = WORK.exec(name);
    const pid = Number(match?.[1] ?? match?.[2] ?? Number.NaN);
    if (Number.isNaN(pid) || (pid !== process.pid && isRunning(pid))) continue;
    await rm(path.join(directory, name), { recursive: true, force: true });
  }
}
