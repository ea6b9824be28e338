// Test support: pictures without an agent behind them.
import { type Host, reason } from '@tt/protocol';
import type { RecordLists } from './pages.ts';

const none = {
  length: 0,
  at: (): never => {
    throw new Error('there is no record');
  },
};

export const noRecords: RecordLists = {
  envs: none,
  vms: none,
  snapshots: none,
  images: none,
  labs: none,
  profiles: none,
  templates: none,
  operations: none,
};

export function testHost(): Host {
  return {
    id: 'host-1',
    name: 'host',
    version: '0',
    startedAt: '2026-11-21T10:00:00.000Z',
    cpu: { total: 1, used: 0, limit: 1 },
    memory: { totalMiB: 0, usedMiB: 0, measuredMiB: null },
    disk: { totalMiB: 0, usedMiB: 0, freeMiB: 0 },
    runningVms: 0,
    engines: [],
    storage: 'none',
    networks: [],
    firewall: '',
    warnings: [],
    cgroups: { kind: 'none', reason: reason('cgroupsOff') },
    ports: { first: 1, last: 1, used: 0 },
    lifetime: { defaultS: 1, maxS: 1 },
    features: [],
    startup: [],
  };
}
