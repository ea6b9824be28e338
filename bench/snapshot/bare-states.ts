// The peer: states of a guest saved and loaded by QMP by hand. With the engine's own options (RAM in a file of its own, nothing
// waits for the platter until the guest goes on), or with others, to see what each of them costs.
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { runJob } from '../../agent/engines/qemu/jobs.ts';
import { closeRamFile, makeRamFile, openRamFile, RAM_NODE } from '../../agent/engines/qemu/ram-file.ts';
import type { BareGuest } from '../create-boot/bare-guest.ts';

const LIMIT_MS = 120_000;

/** Where RAM goes: as the engine does it, the same without the one flag, or into the disk, as QEMU's own `savevm` does. */
export type Way = 'ram file' | 'ram file, flushed by QEMU' | 'in the disk';

export interface Times {
  /** From the first command until the state would survive a power cut. */
  totalMs: number;
  /** How long the guest was paused. */
  pausedMs: number;
}

export async function saveBare(guest: BareGuest, tag: string, way: Way): Promise<Times> {
  const { qmp, spec } = guest;
  const ramFile = ramFileOf(guest, tag);
  const begun = performance.now();
  await qmp.execute('stop', {});
  if (way !== 'in the disk') {
    await makeRamFile(spec, ramFile);
    await openRamFile(qmp, spec, ramFile, way === 'ram file' ? 'save' : 'load');
  }
  await job(guest, 'snapshot-save', tag, way);
  if (way !== 'in the disk') await closeRamFile(qmp);
  await qmp.execute('cont', {});
  const pausedMs = performance.now() - begun;
  // What the agent does as well. Inside the disk QEMU has done it, while the guest was paused.
  if (way !== 'in the disk') await syncFile(ramFile);
  return { totalMs: performance.now() - begun, pausedMs };
}

/** Milliseconds, until the guest runs again. */
export async function loadBare(guest: BareGuest, tag: string, way: Way): Promise<number> {
  const { qmp, spec } = guest;
  const begun = performance.now();
  await qmp.execute('stop', {});
  if (way !== 'in the disk') await openRamFile(qmp, spec, ramFileOf(guest, tag), 'load');
  await job(guest, 'snapshot-load', tag, way);
  if (way !== 'in the disk') await closeRamFile(qmp);
  await qmp.execute('cont', {});
  return performance.now() - begun;
}

export async function deleteBare(guest: BareGuest, tag: string): Promise<number> {
  const begun = performance.now();
  await runJob(
    guest.qmp,
    (id, limit) => guest.qmp.execute('snapshot-delete', { 'job-id': id, tag, devices: ['disk0'] }, limit),
    LIMIT_MS,
  );
  await rm(ramFileOf(guest, tag), { force: true });
  return performance.now() - begun;
}

function job(guest: BareGuest, command: 'snapshot-save' | 'snapshot-load', tag: string, way: Way): Promise<void> {
  const inDisk = way === 'in the disk';
  const state = { tag, vmstate: inDisk ? 'disk0' : RAM_NODE, devices: inDisk ? ['disk0'] : [RAM_NODE, 'disk0'] };
  return runJob(guest.qmp, (id, limit) => guest.qmp.execute(command, { 'job-id': id, ...state }, limit), LIMIT_MS);
}

function ramFileOf({ spec }: BareGuest, tag: string): string {
  return path.join(spec.runDirectory, `ram-${tag}.qcow2`);
}

async function syncFile(file: string): Promise<void> {
  await using handle = await open(file, 'r');
  await handle.datasync();
}
