// Random trees with real guests, on each storage: a guest writes its disk and counts in RAM; snapshots, reverts, forks and
// deletions of snapshots happen at random, and the hash of the disk and the counter must equal a model's. By hand: `vitest run
// --project long --tags-filter long agent/scenarios/snapshot-trees.test.ts`; `TT_SEED` repeats a run.
// @module-tag long
import type { Vm } from '@tt/protocol';
import { expect, it } from 'vitest';
import { randomFrom, someSeed } from '../storage/random-trees.ts';
import type { RealAgent } from '../testing/real-agent.ts';
import { describeOn, startAgentOn } from '../testing/storage-fixtures.ts';

const STEPS = 14;
/** Guests alive at once: each takes its share of the processors while it boots. */
const MAX_ENVS = 2;

describeOn(['qcow2', 'reflink', 'btrfs', 'zfs'], (storage) => {
  it('guests are what the model says they are', async () => {
    const agent = await startAgentOn(storage);
    try {
      await walk(agent, someSeed());
    } finally {
      await agent.remove();
    }
  }, 900_000);
});

/** What a guest says of itself: the hash of what is on its disk, and how often it was written to, kept in RAM. */
interface State {
  hash: string;
  count: number;
}

interface Env {
  name: string;
  vm: Vm;
  state: State;
  snapshots: Map<string, State>;
}

async function walk(agent: RealAgent, seed: number): Promise<void> {
  const { client } = agent;
  const random = randomFrom(seed);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const done: string[] = [];
  const envs: Env[] = [];
  let number = 0;
  const write = async (env: Env) => {
    env.state = await told(agent, env.vm, WRITE);
  };
  const actions = {
    write,
    snapshot: async (env: Env) => {
      const name = `s${++number}`;
      await client.snapshot.create({ envName: env.name, name });
      env.snapshots.set(name, env.state);
    },
    revert: async (env: Env) => {
      if (env.snapshots.size === 0) return;
      const name = pick([...env.snapshots.keys()]);
      await client.snapshot.revert({ envName: env.name, name, safety: false });
      env.state = env.snapshots.get(name) ?? env.state;
    },
    forget: async (env: Env) => {
      if (env.snapshots.size < 2) return;
      const name = pick([...env.snapshots.keys()]);
      await client.snapshot.delete({ envName: env.name, name });
      env.snapshots.delete(name);
    },
    fork: async (env: Env) => {
      const snapshot = pick([...env.snapshots.keys(), '']);
      if (snapshot === '' || envs.length >= MAX_ENVS) return;
      const name = `fork${++number}`;
      const forked = await client.snapshot.fork({ envName: env.name, name: snapshot, newName: name });
      const vm = forked.envs[0]?.vms[0];
      if (!vm) throw new Error('a fork without a machine');
      envs.push({ name, vm, state: env.snapshots.get(snapshot) ?? env.state, snapshots: new Map() });
    },
    destroy: async (env: Env) => {
      if (envs.length < 2) return;
      await client.env.delete({ name: env.name });
      envs.splice(envs.indexOf(env), 1);
    },
  };
  try {
    const { env, vms } = await client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 1 }] });
    const first = { name: env.name, vm: vms[0] as Vm, state: { hash: '', count: 0 }, snapshots: new Map() };
    envs.push(first);
    await write(first);
    for (let step = 0; step < STEPS; step++) {
      const chosen = pick(envs);
      const names = [
        'write',
        'write',
        'snapshot',
        'snapshot',
        'revert',
        'revert',
        'forget',
        'fork',
        'destroy',
      ] as const;
      const action = pick(names);
      done.push(`${action} ${chosen.name}`);
      await actions[action](chosen);
      for (const { vm, state } of envs) expect(await told(agent, vm, READ)).toEqual(state);
    }
    // Every snapshot that is left, in any order.
    for (const left of envs) {
      for (const [name, state] of left.snapshots) {
        await client.snapshot.revert({ envName: left.name, name, safety: false });
        expect([name, await told(agent, left.vm, READ)]).toEqual([name, state]);
      }
    }
  } catch (error) {
    throw new Error(`seed ${seed}, after ${done.join('; ')}`, { cause: error });
  }
}

/** The disk’s own hash is taken past the page cache, so that it is the disk that is read. */
const READ =
  'sync; echo 3 > /proc/sys/vm/drop_caches; echo $(cat /root/blob | md5sum | cut -c1-32) $(wc -l < /dev/shm/count)';
const WRITE = `dd if=/dev/urandom of=/root/blob bs=4096 count=64 2> /dev/null; echo x >> /dev/shm/count; ${READ}`;

async function told(agent: RealAgent, vm: Vm, command: string): Promise<State> {
  const shell = await agent.shell(vm);
  try {
    const [hash = '', count = ''] = (await shell.run(command)).trim().split(' ');
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    return { hash, count: Number(count) };
  } finally {
    shell.close();
  }
}
