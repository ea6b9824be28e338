// The agent is killed by SIGKILL at every named step of create, add, update, stop, start, snapshot, revert, add a disk, remove
// VMs and delete. After the next start the operation is completed or undone: no unknown process, tap, bridge, cgroup, rule,
// lease, disk or record remains, and running guests keep running.
// @module-tag deep
import type { TtClient } from '@tt/protocol';
import { expect } from 'vitest';
import { type CrashScene, describeCrashes } from '../testing/crash-scenes.ts';
import { startRealAgent } from '../testing/real-agent.ts';

const name = 'demo';
const create = (client: TtClient) => client.env.create({ name, groups: [{ osPrefix: 'tiny', copies: 2 }] });
const firstVm = async (client: TtClient) => (await client.env.show({ name })).vms[0]?.id ?? '';

const scenes: readonly CrashScene[] = [
  {
    what: 'create',
    steps: [
      'reserved',
      'network',
      'firewall',
      'disk',
      'disk:2',
      'cgroup',
      'spawned',
      'answers',
      'answers:2',
      'started',
      'ready',
    ],
    act: ({ client }) => create(client),
    envs: { demo: [0, 2] },
  },
  {
    what: 'add VMs',
    guestsStay: true,
    steps: ['reserved', 'network', 'disk', 'spawned'],
    before: ({ client }) => create(client),
    act: ({ client }) => client.env.addVms({ name, groups: [{ osPrefix: 'tiny' }] }),
    envs: { demo: [2, 3] },
  },
  {
    what: 'update',
    guestsStay: true,
    steps: ['ports reserved', 'in force', 'written', 'outgoing changed'],
    before: ({ client }) => create(client),
    act: ({ client }) =>
      client.env.update({ name, denyOutgoing: true, vms: { ports: [{ protocol: 'tcp', guestPort: 80 }] } }),
    envs: { demo: [2] },
  },
  {
    what: 'stop',
    steps: ['halting', 'halted', 'halted:2'],
    before: ({ client }) => create(client),
    act: ({ client }) => client.env.stop({ name, graceS: 0 }),
    envs: { demo: [2] },
  },
  {
    what: 'start',
    steps: ['cgroup', 'spawned', 'answers', 'answers:2'],
    before: async ({ client }) => {
      await create(client);
      await client.env.stop({ name, graceS: 0 });
    },
    act: ({ client }) => client.env.start({ name }),
    envs: { demo: [2] },
  },
  {
    what: 'snapshot',
    guestsStay: true,
    steps: ['state saved', 'states saved', 'snapshot written'],
    before: ({ client }) => create(client),
    act: ({ client }) => client.snapshot.create({ envName: name, name: 'one' }),
    envs: { demo: [2] },
  },
  {
    what: 'revert',
    // Their guests do not stay: new processes take their place. The first two are of its safety snapshot, with all guests paused; from the
    // third on it is there, and its memory only in the old processes until it is saved.
    steps: [
      'save begun',
      'state saved',
      'reverting',
      'configuration reverted',
      'old process ended',
      'spawned',
      'reverted',
      'memory saved',
    ],
    before: async ({ client }) => {
      await create(client);
      await client.snapshot.create({ envName: name, name: 'one' });
    },
    act: ({ client }) => client.snapshot.revert({ envName: name, name: 'one' }),
    envs: { demo: [2] },
    after: async ({ client }) => {
      const { snapshots } = await client.snapshot.list({ envName: name });
      for (const { vms } of snapshots) expect(vms.map(({ hasRam }) => hasRam)).toEqual([true, true]);
    },
  },
  {
    what: 'add a disk',
    guestsStay: true,
    steps: ['disk made', 'drives changed'],
    before: ({ client }) => create(client),
    act: async ({ client }) => client.disk.add({ vmId: await firstVm(client), sizeMiB: 16 }),
    envs: { demo: [2] },
  },
  {
    what: 'remove machines',
    steps: ['marked', 'process ended', 'network removed', 'disk removed', 'row removed'],
    before: ({ client }) => create(client),
    act: async ({ client }) => client.env.removeVms({ name, vmIds: [await firstVm(client)] }),
    envs: { demo: [1] },
  },
  {
    what: 'delete',
    steps: ['env marked', 'marked', 'process ended', 'firewall withdrawn', 'disk removed:2', 'networks removed'],
    before: ({ client }) => create(client),
    act: ({ client }) => client.env.delete({ name }),
    envs: { demo: [0] },
  },
];

describeCrashes(scenes, startRealAgent, { handOn: true });
