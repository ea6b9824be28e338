// Test support: records as an agent writes them, of which a test names what it is about.
import type { EnvRecord } from './records.ts';

/** An ENV of an hour without VMs, owned by nobody in particular. */
export function envRecord(name: string, about: Partial<EnvRecord> = {}): EnvRecord {
  return {
    name,
    title: '',
    owner: 'local',
    notes: '',
    tags: [],
    startAt: '2026-11-21T10:00:00.000Z',
    endAt: '2026-11-21T11:00:00.000Z',
    endPolicy: 'delete',
    expired: false,
    warnedS: [],
    denyOutgoing: false,
    snapshotSchedule: null,
    nextSnapshotAt: null,
    sharedUuid: null,
    networks: [],
    lab: null,
    phase: 'ready',
    ...about,
  };
}
