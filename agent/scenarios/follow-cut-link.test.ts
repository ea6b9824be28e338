// A client follows an agent over a link that is cut again and again, at any byte, while ENVs are created and changed: in the end
// its state equals the agent's, and it has seen every revision exactly once and in order.
import { isDeepStrictEqual } from 'node:util';
import { randomUUID } from 'node:crypto';
import { followState } from '@tt/client';
import { connectNode, type NodeConnection } from '@tt/client/node';
import type { TtClient } from '@tt/protocol';
import { afterEach, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { askPicture, Picture } from '../testing/picture.ts';
import { type Relay, seededRandom, startRelay } from '../testing/relay.ts';
import { until } from '../testing/until.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).toReversed()) await step();
});

interface Follower {
  picture: Picture;
  connection: NodeConnection;
  downs: () => number;
  isUp: () => boolean;
}

function followThrough(relay: Relay, token: string): Follower {
  const connection = connectNode({ url: relay.url, token });
  const picture = new Picture();
  const abort = new AbortController();
  let [downs, up] = [0, false];
  const following = followState({
    client: connection.client,
    signal: abort.signal,
    onItem: (item) => picture.take(item),
    onLink: (state) => {
      ({ up } = state);
      if (!up) downs++;
    },
    backoffMs: () => 1,
  });
  cleanUp.push(async () => {
    abort.abort();
    await following;
    connection.close();
  });
  return { picture, connection, downs: () => downs, isUp: () => up };
}

/** A life of ENVs, some at once, by a client with a good link. */
async function changeEverything(client: TtClient, round: number): Promise<void> {
  const name = `env-${round}`;
  const { vms } = await client.env.create({ name, groups: [{ osPrefix: 'tiny', copies: 2 }] });
  await Promise.all([
    client.env.update({ name, title: `Round ${round}`, notes: 'é'.repeat(round * 97) }),
    client.snapshot.create({ envName: name, name: 'first' }),
    client.env.create({ name: `short-${round}`, groups: [{ osPrefix: 'tiny' }] }),
  ]);
  await client.vm.delete({ vmId: vms[0]?.id ?? '' });
  await client.snapshot.revert({ envName: name, name: 'first' });
  await client.env.delete({ name: `short-${round}` });
  if (round % 2 === 0 || round > 4) await client.env.delete({ name });
}

/** Throws where an epoch's revisions are not a snapshot's and then each next one. */
function expectUnbroken(picture: Picture): void {
  let last = { epoch: '', revision: 0 };
  for (const { epoch, snapshot, revision } of picture.story) {
    if (!snapshot) expect({ epoch, revision }).toEqual({ epoch: last.epoch, revision: last.revision + 1 });
    else if (last.epoch === epoch) expect(revision).toBeGreaterThan(last.revision);
    last = { epoch, revision };
  }
}

async function expectSamePicture({ picture }: Follower, agent: TestAgent): Promise<void> {
  const asked = await until('the client has caught up', async () => {
    const own = await askPicture(agent.client);
    // What the host has allocated is asked as it is now, and told a moment later.
    return own.revision === picture.revision && isDeepStrictEqual(own.state, picture.state) ? own : null;
  });
  expect(picture.state).toEqual(asked.state);
}

it.each([1, 2, 3])('misses nothing, however often and wherever the link is cut (seed %i)', async (seed) => {
  const random = seededRandom(seed);
  const agent = await startTestAgent();
  cleanUp.push(() => agent.stop());
  const relay = await startRelay(agent.url, random);
  cleanUp.push(() => relay.close());
  const follower = followThrough(relay, agent.token);
  await until('the first picture is there', () => follower.picture.revision >= 0);

  const done = new AbortController();
  const cuts = { made: 0 };
  const cutting = (async () => {
    for (; !done.signal.aborted; cuts.made++) {
      const before = follower.downs();
      relay.cutAfter(1 + Math.floor(random() ** 3 * 20_000));
      // On a busy machine it takes long until that many bytes have come.
      await until('the link is cut', () => done.signal.aborted || follower.downs() > before, 30_000);
    }
  })();
  // How many cuts fit into a round depends on the machine: the changes go on until there were enough.
  for (let round = 1; round <= 4 || (cuts.made <= 10 && round <= 30); round++)
    await changeEverything(agent.client, round);
  done.abort();
  await cutting;
  // One more while nothing happens: the client comes back to an agent that has no news.
  relay.cutAfter(Number.POSITIVE_INFINITY);
  await until('the link is up', () => follower.isUp());
  const before = follower.downs();
  relay.cutAfter(0);
  await until('the last cut is seen', () => follower.downs() > before && follower.isUp());

  await expectSamePicture(follower, agent);
  expectUnbroken(follower.picture);
  // It came back each time with what it had, so that one snapshot was enough.
  expect(cuts.made).toBeGreaterThan(10);
  expect(follower.picture.story.filter(({ snapshot }) => snapshot)).toHaveLength(1);
});

it('gets a new picture from an agent that was started again, and follows on', async () => {
  const first = await startTestAgent();
  const relay = await startRelay(first.url, seededRandom(4));
  cleanUp.push(() => relay.close());
  const follower = followThrough(relay, first.token);
  await changeEverything(first.client, 1);
  await until(
    'the client has seen it',
    async () => follower.picture.revision === (await askPicture(first.client)).revision,
  );
  await first.stop({ keep: true });

  const second = await startTestAgent({ home: first.home, fakeHost: first.fakeHost });
  cleanUp.push(() => second.stop());
  relay.leadTo(second.url);
  await changeEverything(second.client, 3);
  await expectSamePicture(follower, second);
  expectUnbroken(follower.picture);
  const epochs = follower.picture.story.filter(({ snapshot }) => snapshot).map(({ epoch }) => epoch);
  expect([epochs.length, new Set(epochs).size]).toEqual([2, 2]);
});

it('a call in the middle of a cut says AGENT_GONE, and asked again with its id gives its result', async () => {
  const agent = await startTestAgent();
  cleanUp.push(() => agent.stop());
  const relay = await startRelay(agent.url, seededRandom(5));
  cleanUp.push(() => relay.close());
  const { connection } = followThrough(relay, agent.token);
  const ask = { operationId: randomUUID(), name: 'demo', groups: [{ osPrefix: 'tiny' }] };

  const hold = agent.engine.holdNext('start');
  const lost = connection.client.env.create(ask);
  await hold.reached;
  relay.cutAfter(0);
  await expect(lost).rejects.toMatchObject({ code: 'AGENT_GONE', data: { call: 'env.create' } });
  const again = connection.client.env.create(ask);
  hold.release();
  expect(await again).toEqual(await agent.client.env.show({ name: 'demo' }));
  expect((await agent.belongings()).machines).toBe(1);
});

it('a client that is given up leaves nothing on the agent', async () => {
  const agent = await startTestAgent();
  cleanUp.push(() => agent.stop());
  const relay = await startRelay(agent.url, seededRandom(6));
  cleanUp.push(() => relay.close());
  const abort = new AbortController();
  const connection = connectNode({ url: relay.url, token: agent.token });
  const following = followState({
    client: connection.client,
    signal: abort.signal,
    onItem: () => {},
    onLink: () => {},
  });
  await until('the link is up', () => relay.linkCount === 1);
  abort.abort();
  await following;
  connection.close();
  await until('the link is gone', () => relay.linkCount === 0);
});
