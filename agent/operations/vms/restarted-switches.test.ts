// Machines whose switch was restarted are paused for a moment, once, and not while something else works on their ENV.
import { pino } from 'pino';
import { beforeEach, expect, it } from 'vitest';
import type { RunningVm } from '../../engines/interface.ts';
import type { EnvNetwork } from '../../network/interface.ts';
import { Networks } from '../../network/networks.ts';
import { FakeSwitchHost } from '../../network/switch/fake-switch-host.ts';
import { SwitchNetwork } from '../../network/switch/switch-network.ts';
import { EnvLocks } from '../env-locks.ts';
import { resumeSenders } from './restarted-switches.ts';

type Sources = Parameters<typeof resumeSenders>[0];

let network: SwitchNetwork;
let env: EnvNetwork;
let locks: EnvLocks;
let done: string[];
let sources: Sources;

function fakeVm(id: string, isPaused: boolean): Partial<RunningVm> {
  return {
    isInTrouble: false,
    isPaused: async () => isPaused,
    pause: async () => void done.push(`pause ${id}`),
    resume: async () => void done.push(`resume ${id}`),
  };
}

beforeEach(async () => {
  done = [];
  locks = new EnvLocks();
  const host = new FakeSwitchHost();
  network = new SwitchNetwork({ files: host.files, runner: host, runDirectoryOf: (vmId) => `/run/${vmId}` });
  env = await network.planEnv({ envName: 'shop', nicCount: 1 }, []);
  const nic = network.planNic(env, { bandwidthMbps: null }, { nics: [], macs: new Set() });
  await network.setNet([{ env, vmId: 'web', hostname: 'web', nic, index: 0, ownerUid: null }]);
  const vms = [
    { id: 'web', spec: { nics: [{ kind: 'switch' }] } },
    { id: 'plain', spec: { nics: [{ kind: 'user' }] } },
    { id: 'stopped', spec: { nics: [{ kind: 'switch' }] } },
  ];
  const handles = new Map([
    ['web', fakeVm('web', false)],
    ['plain', fakeVm('plain', false)],
  ]);
  sources = {
    networks: new Networks([{ kind: 'switch', network, problem: null }], 'switch'),
    inventory: { envs: () => [{ name: 'shop', networks: [env] }], vmsOf: () => vms },
    running: { get: (id: string) => handles.get(id) ?? null },
    locks,
    logger: pino({ level: 'silent' }),
  } as unknown as Sources;
  // Its first start is nobody's end.
  expect([...network.restarted]).toEqual([]);
  await host.end();
  await network.repair([env]);
  expect([...network.restarted]).toEqual([env.number]);
});

it('once, and no others', async () => {
  await resumeSenders(sources);
  expect(done).toEqual(['pause web', 'resume web']);
  await resumeSenders(sources);
  expect(done).toHaveLength(2);
});

it('later, if something works on their ENV', async () => {
  await locks.hold('shop', 'env.stop', () => resumeSenders(sources));
  expect(done).toEqual([]);
  await resumeSenders(sources);
  expect(done).toEqual(['pause web', 'resume web']);
});

it('not at all, if their ENV is gone', async () => {
  sources = { ...sources, inventory: { envs: () => [], vmsOf: () => [] } as unknown as Sources['inventory'] };
  await resumeSenders(sources);
  expect(done).toEqual([]);
  expect(network.restarted.size).toBe(0);
});
