// Random trees with real guests, on each storage: each guest writes all the time, to RAM and disk (`hash-chain.ts`), while it is
// saved; snapshots, reverts, forks, forks of forks and deletions of snapshots happen at random. After each, every guest must be
// whole and have the word that a model says. By hand: `vitest run --project long --tags-filter long
// agent/scenarios/snapshot-trees.test.ts`; `TT_SEED` repeats a run.
// @module-tag long
import type { Vm } from '@tt/protocol';
import { expect, it } from 'vitest';
import { randomFrom, someSeed } from '../storage/random-trees.ts';
import { beginChain, changeWord, checkChain } from '../testing/hash-chain.ts';
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

interface Env {
  name: string;
  vm: Vm;
  /** In the blocks it writes now. */
  word: string;
  /** By snapshot: the word of that time. */
  snapshots: Map<string, string>;
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
  const change = async (env: Env) => {
    env.word = `word${++number}`;
    await changeWord(agent, env.vm, env.word);
  };
  const check = async ({ name, vm, word }: Env, snapshot = '') =>
    expect([name, snapshot, (await checkChain(agent, vm)).word]).toEqual([name, snapshot, word]);
  const actions = {
    change,
    snapshot: async (env: Env) => {
      const name = `s${++number}`;
      await client.snapshot.create({ envName: env.name, name });
      env.snapshots.set(name, env.word);
    },
    revert: async (env: Env) => {
      if (env.snapshots.size === 0) return;
      const name = pick([...env.snapshots.keys()]);
      await client.snapshot.revert({ envName: env.name, name, safety: false });
      env.word = env.snapshots.get(name) ?? env.word;
      await check(env, name);
      // From here on it must not be taken for the line that it left.
      await change(env);
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
      const fork = { name, vm, word: env.snapshots.get(snapshot) ?? env.word, snapshots: new Map() };
      envs.push(fork);
      await check(fork, snapshot);
      await change(fork);
    },
    destroy: async (env: Env) => {
      if (envs.length < 2) return;
      await client.env.delete({ name: env.name });
      envs.splice(envs.indexOf(env), 1);
    },
  };
  try {
    const { env, vms } = await client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 1 }] });
    const first = { name: env.name, vm: vms[0] as Vm, word: 'first', snapshots: new Map() };
    envs.push(first);
    await beginChain(agent, first.vm, first.word);
    for (let step = 0; step < STEPS; step++) {
      const chosen = pick(envs);
      const names = [
        'change',
        'change',
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
      for (const env of envs) await check(env);
    }
    // Every snapshot that is left, in any order.
    for (const left of envs) {
      for (const [name, word] of left.snapshots) {
        await client.snapshot.revert({ envName: left.name, name, safety: false });
        await check({ ...left, word }, name);
      }
    }
  } catch (error) {
    throw new Error(`seed ${seed}, after ${done.join('; ')}`, { cause: error });
  }
}
