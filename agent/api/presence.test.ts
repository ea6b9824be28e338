// Who looks at a machine, by name, and whose keys reach it: two users with streams of their own, and one who may not know.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { NodeConnection } from '@tt/client/node';
import { STREAM_PATH, type TtClient, type Vm } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';

const users = (['ann', 'kim', 'bob'] as const).map((name) => ({
  name,
  tokenSha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role: name === 'bob' ? ('user' as const) : ('admin' as const),
}));

let agent: TestAgent;
let vm: Vm;
const connections: NodeConnection[] = [];
const sockets: WebSocket[] = [];
const refused = (code: string, data: object) => expect.objectContaining({ code, data });

beforeAll(async () => {
  agent = await startTestAgent({ config: { users } });
}, 60_000);
afterAll(() => agent.stop());
beforeEach(async () => {
  const { vms } = await as('ann').env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  for (const one of vms) vm = one;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await agent.client.env.delete({ name: 'demo' });
  for (const connection of connections.splice(0)) connection.close();
});

function as(name: string): TtClient {
  const connection = agent.connectAs(`token-of-${name}`);
  connections.push(connection);
  return connection.client;
}

/** A serial console of this user, ready; `said`: all that the guest has printed there. */
async function look(name: string): Promise<{ type: (text: string) => void; said: () => string; close: () => void }> {
  const { ticket } = await as(name).console.open({ vmId: vm.id, kind: 'serial' });
  const url = agent.url.replace('http', 'ws') + STREAM_PATH;
  const socket = new WebSocket(url, { headers: { authorization: `Bearer token-of-${name}` } });
  sockets.push(socket);
  await once(socket, 'open');
  const ready = once(socket, 'message');
  socket.send(JSON.stringify({ ticket }));
  await ready;
  let said = '';
  socket.on('message', (bytes: Buffer) => (said += bytes.toString()));
  return { type: (text) => socket.send(Buffer.from(text)), said: () => said, close: () => socket.close() };
}

const presence = async (name = 'ann') => (await as(name).vm.show({ vmId: vm.id })).presence;
const watching = async (name = 'ann') => (await presence(name))?.watchers.map(({ userName }) => userName);

describe('who looks', () => {
  it('is named to those who see the machine whole, and to nobody else', async () => {
    await look('ann');
    const kims = await look('kim');
    expect(await watching()).toEqual(['ann', 'kim']);
    expect(await presence('bob')).toBe(undefined);
    expect(await as('bob').vm.show({ vmId: vm.id })).toMatchObject({ viewers: 2 });
    kims.close();
    await until('kim has left', async () => (await watching())?.join() === 'ann');
  });

  it('and who types', async () => {
    const [anns] = [await look('ann'), await look('kim')];
    anns.type('\r');
    await until('ann types', async () => (await presence('kim'))?.watchers.some(({ typing }) => typing));
    expect((await presence('kim'))?.watchers.map(({ userName, typing }) => [userName, typing])).toEqual([
      ['ann', true],
      ['kim', false],
    ]);
  });
});

describe('the keyboard', () => {
  it('that one has taken takes no key of the other, until it is lent to them', async () => {
    const [anns, kims] = [await look('ann'), await look('kim')];
    await as('kim').console.giveKeyboard({ vmId: vm.id, userName: 'kim' });
    anns.type('never');
    kims.type('first');
    await until('the guest has kim’s keys', () => anns.said().includes('first'));
    expect(anns.said()).not.toContain('never');
    const strokes = [[{ code: 'KeyA', down: true }]];
    await expect(as('ann').console.type({ vmId: vm.id, strokes })).rejects.toEqual(
      refused('KEYBOARD_TAKEN', { user: 'kim', vmName: vm.name }),
    );
    expect(await as('kim').console.giveKeyboard({ vmId: vm.id, userName: 'ann' })).toMatchObject({
      keyboard: { userName: 'ann' },
    });
    kims.type('neither');
    anns.type('second');
    await until('the guest has ann’s keys', () => anns.said().includes('second'));
    expect(anns.said()).not.toContain('neither');
  });

  it('can be taken from who has it, and freed; it is lent only by who has it, to who looks', async () => {
    await look('ann');
    await look('kim');
    const give = (from: string, userName: string | null) => as(from).console.giveKeyboard({ vmId: vm.id, userName });
    await expect(give('ann', 'bob')).rejects.toEqual(refused('KEYBOARD_NOT_WATCHED', { user: 'bob', vmName: vm.name }));
    await give('ann', 'ann');
    // Kim would lend what ann has.
    await expect(give('kim', 'local')).rejects.toEqual(refused('KEYBOARD_TAKEN', { user: 'ann', vmName: vm.name }));
    await give('kim', 'kim');
    expect((await presence())?.keyboard).toMatchObject({ userName: 'kim' });
    await give('ann', null);
    expect((await presence())?.keyboard).toBe(null);
    await expect(give('bob', 'bob')).rejects.toMatchObject({ code: 'ENV_NOT_YOURS' });
  });
});

it('who reverted a machine is told to those who see it whole', async () => {
  await as('ann').snapshot.create({ envName: 'demo', name: 'clean' });
  await as('kim').snapshot.revert({ envName: 'demo', name: 'clean', safety: false });
  const told = () =>
    agent.feed.flatMap((item) =>
      item.kind === 'event' && item.event.type === 'snapshot.reverted' ? [item.event.data.by] : [],
    );
  await until('the event is there', () => told().length > 0);
  expect(told()).toEqual(['kim']);
});
