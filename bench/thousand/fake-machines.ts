// The peer: machines of the fake engine without an agent, so that what they cost themselves is known.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { FakeEngine } from '../../agent/engines/fake-engine.ts';
import type { VmSpec } from '../../agent/engines/interface.ts';
import { mapLimit } from '../../agent/host/map-limit.ts';
import { writeFakeDisk } from '../../agent/storage/fake-disk.ts';

/** Milliseconds until `count` of them run, `width` started at a time. They are gone when it resolves. */
export async function startFakeMachines(folder: string, count: number, width: number): Promise<number> {
  const engine = new FakeEngine();
  await mkdir(folder, { recursive: true });
  const specs = Array.from({ length: count }, (_, index) => specOf(folder, index));
  const begun = performance.now();
  const machines = await mapLimit(specs, width, async (spec) => {
    writeFakeDisk(spec.disks[0]?.path ?? '', { sizeMiB: 1, files: {}, snapshots: [] });
    return engine.start(spec);
  });
  const ms = performance.now() - begun;
  for (const [index, spec] of specs.entries()) {
    const process = machines[index]?.process;
    if (process) await engine.stop(spec, process);
  }
  return ms;
}

function specOf(folder: string, index: number): VmSpec {
  const id = `m${index}`;
  return {
    id,
    name: `bare/${id}`,
    uuid: crypto.randomUUID(),
    hostname: id,
    cpuCount: 1,
    memoryMiB: 1,
    disks: [{ name: 'disk0', path: path.join(folder, `${id}.disk`), format: 'qcow2', backing: null, limits: null }],
    cds: [],
    firmware: { kind: 'bios' },
    bootFrom: 'disk',
    rtcBase: 'utc',
    guestHelper: 'off',
    boot: null,
    nics: [],
    runDirectory: path.join(folder, id),
    confinement: null,
  };
}
