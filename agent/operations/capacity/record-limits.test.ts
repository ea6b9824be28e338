// One user who keeps creating records, and the effect on others: no more records and text than the limits, whoever makes the
// call.
import { createHash } from 'node:crypto';
import type { NodeConnection } from '@tt/client/node';
import type { TtClient } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../config/read-config.ts';
import type { LabRecord } from '../../state/records.ts';
import { StateStore } from '../../state/store.ts';
import { EventLog } from '../../events/event-log.ts';
import { Inventory } from '../../inventory/inventory.ts';
import { LabRegistry } from '../../labs/lab-registry.ts';
import { shownTo } from '../../api/shown.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { admitRecords } from './record-limits.ts';

const users = (['ann', 'bob'] as const).map((name) => ({
  name,
  tokenSha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role: 'user' as const,
}));
const { limits } = defaultConfig('/nowhere');
const few = { ...limits, envs: 2, vms: 3, snapshots: 2, images: 1, labs: 2, terminals: 2, profiles: 2, textKiB: 8 };

let agent: TestAgent;
let connections: NodeConnection[];
let ann: TtClient;
let bob: TtClient;

beforeEach(async () => {
  agent = await startTestAgent({ config: { users, limits: few } });
  connections = [agent.connectAs('token-of-ann'), agent.connectAs('token-of-bob')];
  [ann, bob] = connections.map(({ client }) => client) as [TtClient, TtClient];
}, 30_000);
afterEach(async () => {
  for (const connection of connections) connection.close();
  await agent.stop();
});

/** How often it can be done before it is refused with LIMIT_REACHED for this limit. */
async function untilRefused(limit: string, create: (number: number) => Promise<unknown>): Promise<number> {
  for (let made = 0; made < 20; made++) {
    try {
      await create(made);
    } catch (error) {
      expect(error).toMatchObject({ code: 'LIMIT_REACHED', data: { user: 'ann', limit } });
      return made;
    }
  }
  throw new Error('nothing was refused');
}

describe('a user who only creates', () => {
  it('is stopped at the limit of each kind of record; others go on', async () => {
    expect(await untilRefused('labs', (n) => ann.lab.create({ name: `lab-${n}` }))).toBe(2);
    const terminal = (n: number) =>
      ann.lab.setTerminal({ name: 'lab-0', terminalName: `pc-${n}`, secret: 'its own secret' });
    expect(await untilRefused('terminals', terminal)).toBe(2);
    expect(await untilRefused('profiles', (n) => ann.profile.create({ name: `p-${n}`, image: 'tiny' }))).toBe(2);
    expect(await untilRefused('profiles', (n) => ann.profile.clone({ name: 'p-0', newName: `c-${n}` }))).toBe(0);
    const groups = [{ osPrefix: 'tiny' }];
    expect(await untilRefused('envs', (n) => ann.env.create({ name: `e-${n}`, groups }))).toBe(2);
    expect(await untilRefused('vms', () => ann.env.addVms({ name: 'e-0', groups }))).toBe(1);
    expect(await untilRefused('snapshots', (n) => ann.snapshot.create({ envName: 'e-0', name: `s-${n}` }))).toBe(2);
    expect(
      await untilRefused('envs', (n) => ann.snapshot.fork({ envName: 'e-0', name: 's-0', newName: `f-${n}` })),
    ).toBe(0);
    // A revert can always be undone.
    expect((await ann.snapshot.revert({ envName: 'e-0', name: 's-0' })).safetySnapshotName).not.toBeNull();
    // The owner counts, whoever asks.
    await expect(agent.client.snapshot.create({ envName: 'e-0', name: 'more' })).rejects.toMatchObject({
      code: 'LIMIT_REACHED',
      data: { user: 'ann' },
    });
    await bob.lab.create({ name: 'his' });
    await bob.env.create({ name: 'his', groups });
    await ann.lab.delete({ name: 'lab-1' });
    await ann.lab.create({ name: 'lab-3' });
  });

  it('writes no more text than the limit, in whatever it is', async () => {
    const kib = (size: number) => 'é'.repeat(size * 512);
    await ann.lab.create({ name: 'lab', notes: kib(5) });
    const refused = { code: 'LIMIT_REACHED', data: { user: 'ann', limit: 'textKiB', total: 8, used: 5 } };
    const commands = [kib(4)];
    for (const attempt of [
      () => ann.lab.update({ name: 'lab', notes: kib(9) }),
      () => ann.lab.create({ name: 'two', notes: kib(4) }),
      () => ann.profile.create({ name: 'p', image: 'tiny', startScript: kib(4) }),
      () => ann.env.create({ name: 'e', notes: kib(4), groups: [{ osPrefix: 'tiny' }] }),
      () => ann.env.create({ name: 'e', groups: [{ osPrefix: 'tiny', cloudInit: { commands } }] }),
      () => ann.env.create({ name: 'e', groups: [{ osPrefix: 'tiny', copies: 2, cloudInit: { commands: [kib(2)] } }] }),
    ]) {
      await expect(attempt()).rejects.toMatchObject(refused);
    }
    await ann.lab.update({ name: 'lab', notes: '' });
    await ann.env.create({ name: 'e', groups: [{ osPrefix: 'tiny', cloudInit: { commands } }] });
    await expect(ann.env.update({ name: 'e', notes: kib(5) })).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
  });
});

it('another user’s picture of a host with everything at the limits is small, and soon made', () => {
  const store = new StateStore(':memory:');
  const log = new EventLog('host', () => new Date(0));
  const labs = new LabRegistry(store, log);
  const inventory = new Inventory(store, log, 'host');
  const lab = (n: number): LabRecord => ({
    name: `lab-${n}`,
    title: '',
    notes: 'n'.repeat(2e4),
    owner: 'ann',
    profileNames: [],
    seats: 1,
    sessionLifetimeS: null,
    terminalsEnabled: false,
    terminalsStartSessions: false,
    terminals: [],
    createdAt: '2026-11-29T00:00:00.000Z',
  });
  const services = {
    labs,
    inventory,
    images: { list: () => [] },
    operations: { listFor: () => [] },
    settings: { current: { limits } },
  };
  let made = 0;
  expect(() => {
    for (; made < 26_700; made++) {
      admitRecords(services, 'ann', { labs: 1, textBytes: 20_000 });
      labs.putLab(lab(made));
    }
  }).toThrow(expect.objectContaining({ code: 'LIMIT_REACHED' }));
  const seen = JSON.stringify(labs.labs().map(shownTo({ name: 'bob', role: 'user' }, services).lab));
  expect(made).toBe(limits.labs);
  expect(seen.length).toBeLessThan(100_000);
  store.close();
});
