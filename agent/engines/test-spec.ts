// Test support: the specification of a small VM without network or kernel of its own, of which a test names what it is about.
import type { VmSpec } from './interface.ts';

export function testSpec(id: string, about: Pick<VmSpec, 'disks' | 'runDirectory'> & Partial<VmSpec>): VmSpec {
  return {
    id,
    name: `env/${id}`,
    uuid: `00000000-0000-4000-8000-${Buffer.from(id).toString('hex').padStart(12, '0')}`,
    hostname: id,
    cpuCount: 1,
    memoryMiB: 128,
    cds: [],
    firmware: { kind: 'bios' },
    bootFrom: 'disk',
    rtcBase: 'utc',
    guestHelper: 'on',
    boot: null,
    nics: [],
    confinement: null,
    ...about,
  };
}

/** By QEMU's own networking, without a way out. */
export const CLOSED_NIC = { kind: 'user', mac: '52:54:00:12:34:01', forwards: [], denyOutgoing: true } as const;
