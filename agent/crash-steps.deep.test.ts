// The agent is killed by SIGKILL at every named step of create, add, update, stop, start, snapshot, revert, add a disk, kick and delete.
// After the next start the operation is finished or undone: no process, tap, bridge, cgroup, rule, lease, disk or row is
// left that nobody knows, and guests that ran run on.
import type { TtClient } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, makeLab } from './test-lab.ts';
import { type Traces, tracesOf } from './test-traces.ts';
import { type RealAgent, startRealAgent } from './test-real-agent.ts';

let lab: Lab;
let before: Traces;
beforeAll(async () => {
  lab = await makeLab(['a']);
  before = await tracesOf(lab.host('a'));
});
afterAll(() => lab.remove());

const name = 'demo';
const create = (client: TtClient) => client.env.create({ name, groups: [{ osPrefix: 'tiny', copies: 2 }] });
const firstVm = async (client: TtClient) => (await client.env.show({ name })).vms[0]?.id ?? '';

interface Scene {
  what: string;
  /** Steps the agent dies at, one agent each. */
  steps: readonly string[];
  /** Done before it is armed. */
  before?: (client: TtClient) => Promise<unknown>;
  /** What the agent dies in. */
  act: (client: TtClient) => Promise<unknown>;
  /** VMs there may be afterwards: as before the operation, or as after it. */
  vmCounts: readonly number[];
}

const scenes: readonly Scene[] = [
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
    act: create,
    vmCounts: [0, 2],
  },
  {
    what: 'add VMs',
    steps: ['reserved', 'network', 'disk', 'spawned'],
    before: create,
    act: (client) => client.env.addVms({ name, groups: [{ osPrefix: 'tiny' }] }),
    vmCounts: [2, 3],
  },
  {
    what: 'update',
    steps: ['ports reserved', 'in force', 'written', 'outgoing changed'],
    before: create,
    act: (client) =>
      client.env.update({ name, denyOutgoing: true, vms: { ports: [{ protocol: 'tcp', guestPort: 80 }] } }),
    vmCounts: [2],
  },
  {
    what: 'stop',
    steps: ['halting', 'halted', 'halted:2'],
    before: create,
    act: (client) => client.env.stop({ name, graceS: 0 }),
    vmCounts: [2],
  },
  {
    what: 'start',
    steps: ['cgroup', 'spawned', 'answers', 'answers:2'],
    before: async (client) => {
      await create(client);
      await client.env.stop({ name, graceS: 0 });
    },
    act: (client) => client.env.start({ name }),
    vmCounts: [2],
  },
  {
    what: 'snapshot',
    steps: ['state saved', 'states saved', 'snapshot written'],
    before: create,
    act: (client) => client.snapshot.create({ envName: name, name: 'one' }),
    vmCounts: [2],
  },
  {
    what: 'revert',
    steps: ['reverting', 'configuration put back', 'reverted'],
    before: async (client) => {
      await create(client);
      await client.snapshot.create({ envName: name, name: 'one' });
    },
    act: (client) => client.snapshot.apply({ envName: name, name: 'one' }),
    vmCounts: [2],
  },
  {
    what: 'add a disk',
    steps: ['disk made', 'drives changed'],
    before: create,
    act: async (client) => client.disk.add({ vmId: await firstVm(client), sizeMiB: 16 }),
    vmCounts: [2],
  },
  {
    what: 'kick',
    steps: ['marked', 'process ended', 'network removed', 'disk removed', 'row removed'],
    before: create,
    act: async (client) => client.env.kick({ name, vmIds: [await firstVm(client)] }),
    vmCounts: [1],
  },
  {
    what: 'delete',
    steps: ['env marked', 'marked', 'process ended', 'firewall withdrawn', 'disk removed:2', 'networks removed'],
    before: create,
    act: (client) => client.env.delete({ name }),
    vmCounts: [0],
  },
];

describe.each(scenes)('an agent killed in $what', (scene) => {
  it.each(scene.steps)('at %s leaves nothing half made', async (step) => {
    const host = lab.host('a');
    let agent: RealAgent | null = null;
    try {
      agent = await startRealAgent({ host, flags: ['--network', 'nat'], dieAt: step });
      await scene.before?.(agent.client);
      await agent.arm();
      const running = await agent.guestPids();
      const answer = scene.act(agent.client).then(
        () => 'answered',
        () => 'no answer',
      );
      expect(await agent.died()).toBe(true);
      // The last step may come after the answer is on its way.
      expect(['answered', 'no answer']).toContain(await answer);
      agent = await agent.restart();
      await checkWhole(agent, scene, running);
      const { envs } = await agent.client.env.list();
      if (envs.length > 0) await agent.client.env.delete({ name });
      // Its mark on what it makes; other agents of this machine are not this test's affair.
      const tag = (await agent.client.host.show()).id.slice(0, 4);
      expect(await agent.leftovers()).toEqual({ disks: [], runFolders: [], guests: [] });
      await expect
        .poll(async () => withoutAgent(await tracesOf(host), tag), { timeout: 15_000 })
        .toEqual(withoutAgent(before, tag));
    } finally {
      await agent?.remove();
    }
  });
});

/** What is written down is what is there; guests that ran before run still, unless they were to be ended. */
async function checkWhole(agent: RealAgent, scene: Scene, before: readonly number[]): Promise<void> {
  const { envs } = await agent.client.env.list();
  const detail = envs.length > 0 ? await agent.client.env.show({ name }) : null;
  const vms = detail?.vms ?? [];
  expect(scene.vmCounts).toContain(vms.length);
  const ids = vms.map(({ id }) => id).sort();
  const { disks, guests } = await agent.leftovers();
  expect([...disks].sort()).toEqual(ids);
  const up = vms.filter(({ state }) => state === 'running');
  expect(vms.every(({ state }) => state === 'running' || state === 'stopped')).toBe(true);
  expect(guests).toHaveLength(up.length);
  for (const { id, disks: known } of vms) {
    expect(await agent.diskNames(id)).toEqual(known.map((disk) => disk.name));
  }
  if (['update', 'snapshot', 'revert', 'add VMs', 'add a disk'].includes(scene.what)) {
    for (const pid of before) expect(guests).toContain(pid);
  }
  // Their consoles can be reached.
  for (const { id } of up) await agent.client.console.open({ vmId: id, kind: 'vnc' });
  for (const { id } of up) expect((await agent.client.vm.screenshot({ vmId: id })).contentType).toBe('image/png');
  const { snapshots = [] } = detail ?? {};
  for (const { vms: parts } of snapshots) expect(parts.map(({ vmId }) => vmId).sort()).toEqual(ids);
}

/** What is there besides the agent itself, which runs, with a firewall that has no VMs in it. */
function withoutAgent({ ruleset, links, processes, cgroups, ...rest }: Traces, tag: string): unknown {
  const elements = ruleset.match(/elements = \{[^}]*\}/g) ?? [];
  return {
    ...rest,
    links,
    cgroups: cgroups.filter((folder) => folder.includes(`/tt-${tag}/`)),
    processes: processes.filter((command) => !command.includes('/agent/main.ts')),
    // The users of guests are given to the agent as a whole.
    elements: elements.filter((text) => !/^elements = \{ \d{10}-\d{10} \}$/.test(text)),
  };
}
