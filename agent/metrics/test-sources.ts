// Test support: an agent's numbers, with labels that users should not choose but can.
import { type Host, reason } from '@tt/protocol';
import { Activity } from './activity.ts';
import { auditFamilies } from './audit-families.ts';
import type { MetricSources } from './render-metrics.ts';

export const AWKWARD = {
  vm: '测试/"debian" \\ 12-1',
  env: 'line one\nline two\\n',
  image: 'qemu:debian-12:{default="x"}',
} as const;

export function testHost(): Host {
  return {
    id: 'host-1',
    name: 'machine',
    version: '0.1.0"\\',
    startedAt: '2026-11-21T10:00:00.000Z',
    cpu: { total: 2, used: 3, limit: 8 },
    memory: { totalMiB: 4096, usedMiB: 512, measuredMiB: 300 },
    disk: { totalMiB: 10_000, usedMiB: 2000, freeMiB: 9000 },
    runningVms: 2,
    engines: [],
    storage: 'fake',
    networks: [],
    firewall: 'hostfwd',
    warnings: [],
    cgroups: { kind: 'none', reason: reason('cgroupsOff') },
    ports: { first: 40_000, last: 59_999, used: 4 },
    lifetime: { defaultS: 3600, maxS: 21_600 },
    features: [],
    startup: [],
  };
}

export function testSources(): MetricSources {
  const activity = new Activity();
  const startedAt = '2026-11-21T10:00:00.000Z';
  activity.operationChanged({ kind: 'env.create', state: 'running', startedAt, endedAt: null });
  activity.operationChanged({ kind: 'env.create', state: 'succeeded', startedAt, endedAt: '2026-11-21T10:00:02.500Z' });
  activity.operationChanged({ kind: 'env.create', state: 'succeeded', startedAt, endedAt: '2026-11-21T11:00:00.000Z' });
  activity.operationChanged({ kind: 'vm.start', state: 'failed', startedAt, endedAt: '2026-11-21T09:59:59.000Z' });
  activity.callEnded('env.list', 'ok', 3);
  activity.callEnded('env.create', 'NAME_TAKEN', 120);
  const counted = {
    process: { pid: 1, startTicks: 1 },
    atMs: 0,
    cpuUs: 1_500_000,
    memoryBytes: 123_456_789,
    memoryProportionalBytes: 23_456_789,
    disk: { readBytes: 10, writtenBytes: 20 },
    taps: new Map([
      ['tap1', { receivedBytes: 1, sentBytes: 2 }],
      ['tap2', { receivedBytes: 30, sentBytes: 40 }],
    ]),
  };
  return {
    host: testHost,
    vms: () => [
      { id: 'vm1', name: AWKWARD.vm, envName: AWKWARD.env, image: AWKWARD.image, state: 'running' },
      { id: 'vm2', name: 'plain/tiny-1', envName: 'plain', image: 'qemu:tiny-1:default', state: 'running' },
      { id: 'vm3', name: 'plain/tiny-2', envName: 'plain', image: 'qemu:tiny-1:default', state: 'failed' },
    ],
    envCount: () => 2,
    counted: () => [
      { ...counted, vmId: 'vm1' },
      { ...counted, vmId: 'vm2', memoryProportionalBytes: null, disk: null, taps: null },
      { ...counted, vmId: 'just-removed' },
    ],
    eventFollowers: () => 5,
    activity,
    audit: { families: () => auditFamilies(7, 2) },
    tasks: () => [
      {
        name: 'free-space',
        periodS: 5,
        state: 'ok',
        lastSuccessAt: '2026-11-21T10:00:00.000Z',
        lastDurationMs: 12.5,
        lastError: null,
        failureCount: 3,
        nextRunAt: '2026-11-21T10:00:05.000Z',
        isRunning: false,
        canRunNow: true,
      },
      {
        name: 'network-repair',
        periodS: 10,
        state: 'waiting',
        lastSuccessAt: null,
        lastDurationMs: null,
        lastError: null,
        failureCount: 0,
        nextRunAt: null,
        isRunning: true,
        canRunNow: false,
      },
    ],
  };
}
