// The agent is killed by SIGKILL while an ENV goes to the bin, comes out of it, and is purged. After the next start it is in one of these
// places, whole, or it is gone whole; nothing runs in the bin. Run by hand: each step boots guests.
// @module-tag long
import { afterEach, describe, expect, it } from 'vitest';
import { NO_LEFTOVERS, type RealAgent, startRealAgent } from '../testing/real-agent.ts';

const TIMEOUT_MS = 300_000;
const name = 'demo';
let agent: RealAgent | null = null;

afterEach(async () => {
  await agent?.kill('SIGKILL');
  await agent?.endGuests();
  await agent?.remove();
  agent = null;
});

/** The agent after the one that died at this step of `act`. */
async function killedAt(dieAt: string, { before = async () => {}, act }: Scene): Promise<RealAgent> {
  const first = await startRealAgent({ dieAt, flags: ['--keep-deleted', '3600'] });
  agent = first;
  await first.client.env.create({ name, groups: [{ osPrefix: 'tiny', copies: 2 }] });
  await before(first);
  await first.arm();
  const answer = act(first).catch(() => null);
  expect(await first.died()).toBe(true);
  await answer;
  const next = await first.restart();
  agent = next;
  return next;
}

interface Scene {
  before?: (agent: RealAgent) => Promise<unknown>;
  act: (agent: RealAgent) => Promise<unknown>;
}

async function placesOf({ client }: RealAgent): Promise<{ isThere: boolean; isInBin: boolean }> {
  const has = ({ envs }: { envs: readonly { name: string }[] }) => envs.some((env) => env.name === name);
  return { isThere: has(await client.env.list()), isInBin: has(await client.env.listDeleted()) };
}

describe('killed while an ENV goes to the bin', () => {
  it.each(['halting', 'halted:2', 'env stopped', 'env in bin'])(
    'at “%s” it is whole, here or there',
    async (dieAt) => {
      const next = await killedAt(dieAt, { act: ({ client }) => client.env.delete({ name }) });
      const { isThere, isInBin } = await placesOf(next);
      expect([isThere, isInBin].filter(Boolean)).toHaveLength(1);
      if (isInBin) {
        expect(await next.guestPids()).toEqual([]);
        await next.client.env.restore({ name });
      }
      const { vms } = await next.client.env.start({ name });
      expect(vms.map(({ state }) => state)).toEqual(['running', 'running']);
    },
    TIMEOUT_MS,
  );
});

describe('killed while an ENV of the bin is purged', () => {
  it.each(['env marked', 'disk removed', 'network removed', 'row removed'])(
    'at “%s” it is gone with everything',
    async (dieAt) => {
      const next = await killedAt(dieAt, {
        before: ({ client }) => client.env.delete({ name }),
        act: ({ client }) => client.env.purge({ name }),
      });
      await expect.poll(() => next.leftovers(), { timeout: 30_000 }).toEqual(NO_LEFTOVERS);
      expect(await placesOf(next)).toEqual({ isThere: false, isInBin: false });
    },
    TIMEOUT_MS,
  );
});
