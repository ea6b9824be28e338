// Every call of the contract made by an owner, by a member of the team, by somebody who has left it, by another user, by an administrator
// and by a viewer, compared with the tables in the admin guide. They are read from the guide, so code and guide always agree.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { NodeConnection } from '@tt/client/node';
import { contract, type FeedItem, openCalls, type TtClient, viewerCalls } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';

const SECRET = 'token=s3cr3t-text';
/** Of terminals; only owners of labs and administrators see them. */
const ADDRESSES = '198.51.100.';
const askers = ['owner', 'member', 'former', 'other', 'admin'] as const;
type Asker = (typeof askers)[number];
/** Who has left the team has the rights of any other user. */
const columnOf = { owner: 'owner', member: 'member', former: 'other', other: 'other', admin: 'admin' } as const;
/** They own what they are about to ask for, or administer it. */
const mayTakeAway: ReadonlySet<Asker> = new Set(['owner', 'admin']);
const REFUSED =
  /^([A-Z]+_NOT_YOURS|NOT_ALLOWED|TRANSFER_NOT_FOUND|LOGIN_NOT_FOUND|TOKEN_NOT_FOUND|TEMPLATE_NOT_FOUND|TEAM_NOT_FOUND)$/;
/** Refusals that say the test asked for something that is not there. */
const MISSED = /^(INPUT_INVALID|INTERNAL|[A-Z]+_NOT_FOUND)$/;

const users = (['ann', 'bob', 'vic', 'mia', 'fox'] as const).map((name) => ({
  name,
  tokenSha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role: name === 'vic' ? ('viewer' as const) : ('user' as const),
}));

/** Things of ann, one set for each asker: what one of them does changes nothing for the others. */
interface World {
  env: string;
  vmId: string;
  transferId: string;
  capsuleId: string;
  downloadId: string;
  operationId: string;
  runId: string;
  sessionId: string;
  templateId: string;
  tokenId: string;
  image: string;
}

let agent: TestAgent;
const connections: NodeConnection[] = [];
const clients = {} as Record<Asker | 'viewer', TtClient>;
const worlds = {} as Record<Asker, World>;

beforeAll(async () => {
  agent = await startTestAgent({ config: { users } });
  const as = (name: string): TtClient => {
    const connection = agent.connectAs(`token-of-${name}`);
    connections.push(connection);
    return connection.client;
  };
  Object.assign(clients, { owner: as('ann'), other: as('bob'), viewer: as('vic'), admin: agent.client });
  Object.assign(clients, { member: as('mia'), former: as('fox') });
  await agent.client.team.create({ name: 'qa' });
  for (const userName of ['ann', 'mia', 'fox']) await agent.client.team.addMember({ name: 'qa', userName });
  await Promise.all(askers.map(async (asker) => Object.assign(worlds, { [asker]: await makeWorld(asker) })));
  await agent.client.team.removeMember({ name: 'qa', userName: 'fox' });
}, 60_000);
afterAll(async () => {
  for (const connection of connections) connection.close();
  await agent.stop();
});

async function makeWorld(asker: Asker): Promise<World> {
  const ann = clients.owner;
  const env = `env-${asker}`;
  const cloudInit = { commands: [`echo ${SECRET}`], files: [{ path: `/root/${SECRET}`, content: SECRET }] };
  const operationId = crypto.randomUUID();
  const groups = [{ osPrefix: 'tiny', cloudInit, diskMiB: 1024 }];
  const { vms } = await ann.env.create({ operationId, name: env, notes: SECRET, groups });
  const vmId = vms[0]?.id ?? '';
  await ann.snapshot.create({ envName: env, name: 'snap', notes: SECRET });
  await ann.env.update({ name: env, team: 'qa' });
  await ann.profile.create({ name: `profile-${asker}`, image: 'tiny', notes: SECRET, startScript: SECRET });
  await ann.lab.create({ name: `lab-${asker}`, notes: SECRET, profileNames: [`profile-${asker}`] });
  const address = `${ADDRESSES}${askers.indexOf(asker)}`;
  await ann.lab.setTerminal({ name: `lab-${asker}`, terminalName: 'pc', secret: 'a secret of its own', address });
  await ann.env.create({ name: `off-${asker}`, groups: [{ osPrefix: 'tiny' }] });
  await ann.env.stop({ name: `off-${asker}`, graceS: 0 });
  const off = (await ann.env.show({ name: `off-${asker}` })).vms[0]?.id ?? '';
  const image = `qemu:made-${asker}:one`;
  await ann.image.publish({ vmId: off, name: image });
  const begin = async () => (await ann.transfer.begin({ fileName: `${asker}.bin`, sizeBytes: 1024 })).id;
  const runId = crypto.randomUUID();
  const command = { script: { text: `echo ${SECRET}` } };
  await ann.run.start({ runId, envName: env, command });
  const text = `groups: [] # ${SECRET}`;
  const { id: templateId } = await ann.template.save({ name: `template-${asker}`, text, replaces: null });
  const { token } = await ann.token.create({ name: `device-${asker}` });
  await clients.admin.user.create({ name: `person-${asker}` });
  await clients.admin.team.create({ name: `crew-${asker}` });
  const { code } = await ann.session.invite();
  const { session } = await ann.session.join({ code });
  return {
    env,
    vmId,
    operationId,
    runId,
    image,
    transferId: await begin(),
    capsuleId: await begin(),
    downloadId: (await (asker === 'member' ? clients.member : ann).transfer.reserve({})).id,
    sessionId: session.id,
    templateId,
    tokenId: token.id,
  };
}

/** What is sent, for each call; those that take things away come last. */
const inputs: [string, (world: World, asker: Asker) => unknown][] = [
  ['host.show', () => undefined],
  ['host.metrics', () => undefined],
  ['host.firewall', () => undefined],
  ['host.tasks', () => undefined],
  ['admin.findings', () => ({ maxAgeS: 10 })],
  ['admin.storage', () => undefined],
  ['admin.networks', () => undefined],
  ['admin.metrics', () => undefined],
  ['admin.log', () => ({ limit: 1000 })],
  ['admin.certificate', () => undefined],
  ['admin.version', () => undefined],
  ['admin.runTask', () => ({ name: 'stored-bytes' })],
  ['host.me', () => undefined],
  ['host.ping', () => undefined],
  ['image.list', () => undefined],
  ['image.show', ({ image }) => ({ name: image })],
  ['image.build', () => ({ name: 'qemu:tiny-2:default' })],
  ['image.buildLog', () => ({ name: 'qemu:tiny-2:default' })],
  [
    'image.import',
    (_world, asker) => ({ name: `qemu:got-${asker}:one`, source: { kind: 'url', url: 'ftp://nowhere' } }),
  ],
  ['env.list', () => undefined],
  ['env.listDeleted', () => undefined],
  ['env.show', ({ env }) => ({ name: env })],
  ['env.create', (_world, asker) => ({ name: `new-${asker}`, groups: [{ osPrefix: 'tiny' }] })],
  ['env.update', ({ env }) => ({ name: env, title: 'changed' })],
  ['env.addVms', ({ env }) => ({ name: env, groups: [{ osPrefix: 'tiny' }] })],
  ['env.sshKey', ({ env }) => ({ name: env })],
  ['env.readRecording', ({ env }) => ({ name: env, recordingId: crypto.randomUUID() })],
  ['env.clone', ({ env }, asker) => ({ name: env, newName: `clone-${asker}` })],
  ['env.planClone', ({ env }, asker) => ({ name: env, newName: `clone-${asker}` })],
  ['env.compact', ({ env }) => ({ name: env })],
  ['env.start', ({ env }) => ({ name: env })],
  ['vm.show', ({ vmId }) => ({ vmId })],
  ['vm.health', ({ vmId }) => ({ vmId })],
  ['vm.portHealth', ({ vmId }) => ({ vmId })],
  ['vm.screenshot', ({ vmId }) => ({ vmId })],
  ['vm.update', ({ vmId }) => ({ vmId, ports: [] })],
  ['vm.reset', ({ vmId }) => ({ vmId })],
  ['vm.clone', ({ vmId }) => ({ vmId })],
  ['console.open', ({ vmId }) => ({ vmId, kind: 'vnc' })],
  ['console.openShell', ({ vmId }) => ({ vmId, columns: 80, rows: 24 })],
  ['console.openPort', ({ vmId }) => ({ vmId, guestPort: 22 })],
  ['console.giveKeyboard', ({ vmId }) => ({ vmId, userName: null })],
  ['console.type', ({ vmId }) => ({ vmId, strokes: [[{ code: 'KeyA', down: true }]] })],
  ['guestFile.put', ({ env }) => ({ envName: env, folder: '/root', files: [{ path: 'a', sizeBytes: 0 }] })],
  ['guestFile.list', ({ vmId }) => ({ vmId, path: '/root' })],
  ['guestFile.get', ({ vmId }) => ({ vmId, files: [{ path: '/etc/hostname', sizeBytes: 1 }] })],
  ['disk.add', ({ vmId }) => ({ vmId, sizeMiB: 16 })],
  ['disk.grow', ({ vmId }) => ({ vmId, name: 'disk1', sizeMiB: 17 })],
  ['disk.limit', ({ vmId }) => ({ vmId, name: 'disk1', limits: null })],
  ['disk.detach', ({ vmId }) => ({ vmId, name: 'disk1' })],
  ['disk.attach', ({ vmId }) => ({ vmId, name: 'disk1' })],
  ['disk.remove', ({ vmId }) => ({ vmId, name: 'disk1' })],
  ['cd.insert', ({ vmId }) => ({ vmId, name: 'cd0', medium: 'qemu:no:iso' })],
  ['cd.eject', ({ vmId }) => ({ vmId, name: 'cd0' })],
  ['snapshot.list', ({ env }) => ({ envName: env })],
  ['snapshot.show', ({ env }) => ({ envName: env, name: 'snap' })],
  ['snapshot.usage', ({ env }) => ({ envName: env })],
  ['snapshot.compare', ({ env }) => ({ envName: env, name: 'snap', otherName: 'snap' })],
  ['snapshot.thumbnail', ({ env, vmId }) => ({ envName: env, name: 'snap', vmId })],
  ['snapshot.create', ({ env }) => ({ envName: env, name: 'second' })],
  ['snapshot.fork', ({ env }, asker) => ({ envName: env, name: 'snap', newName: `fork-${asker}` })],
  ['snapshot.planFork', ({ env }, asker) => ({ envName: env, name: 'snap', newName: `fork-${asker}` })],
  ['snapshot.revert', ({ env }) => ({ envName: env, name: 'snap', safety: false })],
  ['snapshot.update', ({ env }) => ({ envName: env, name: 'snap', title: 'changed' })],
  ['run.start', ({ env }) => ({ envName: env, command: { argv: ['true'] } })],
  ['run.list', ({ env }) => ({ envName: env })],
  ['run.show', ({ runId }) => ({ runId })],
  ['run.output', ({ runId, vmId }) => ({ runId, vmId, channel: 'stdout' })],
  ['run.cancel', ({ runId }) => ({ runId })],
  ['run.delete', ({ runId }) => ({ runId })],
  ['capsule.export', ({ env, downloadId }) => ({ envName: env, transferId: downloadId })],
  ['capsule.inspect', ({ capsuleId }) => ({ transferId: capsuleId })],
  ['operation.list', () => undefined],
  ['operation.cancel', ({ operationId }) => ({ operationId })],
  ['lab.list', () => undefined],
  ['lab.show', (_world, asker) => ({ name: `lab-${asker}` })],
  ['lab.create', (_world, asker) => ({ name: `new-${asker}` })],
  ['lab.update', (_world, asker) => ({ name: `lab-${asker}`, title: 'changed' })],
  ['lab.setTerminal', (_world, asker) => ({ name: `lab-${asker}`, terminalName: 'pc', profileName: null })],
  ['lab.startSession', (_world, asker) => ({ name: `lab-${asker}`, sessionName: 'seat' })],
  ['lab.stopSession', (_world, asker) => ({ name: `lab-${asker}`, sessionName: 'seat' })],
  ['profile.list', () => undefined],
  ['profile.show', (_world, asker) => ({ name: `profile-${asker}` })],
  ['profile.create', (_world, asker) => ({ name: `new-${asker}`, image: 'tiny' })],
  ['profile.update', (_world, asker) => ({ name: `profile-${asker}`, title: 'changed' })],
  ['profile.clone', (_world, asker) => ({ name: `profile-${asker}`, newName: `clone-${asker}` })],
  ['profile.rollback', (_world, asker) => ({ name: `profile-${asker}`, version: 1 })],
  ['profile.openAdmin', (_world, asker) => ({ name: `profile-${asker}` })],
  ['profile.publish', (_world, asker) => ({ name: `profile-${asker}`, force: true })],
  ['profile.discard', (_world, asker) => ({ name: `profile-${asker}` })],
  ['template.list', () => undefined],
  ['template.show', (_world, asker) => ({ name: `template-${asker}` })],
  [
    'template.save',
    ({ templateId }, asker) => ({
      name: `template-${asker}`,
      text: 'groups: []',
      replaces: { id: templateId, version: 1 },
    }),
  ],
  ['template.share', (_world, asker) => ({ name: `template-${asker}`, sharedWith: 'nobody' })],
  ['template.rename', (_world, asker) => ({ name: `template-${asker}`, newName: `renamed-${asker}` })],
  ['transfer.list', () => undefined],
  ['transfer.begin', () => ({ fileName: 'a.bin', sizeBytes: 16 })],
  ['transfer.reserve', () => ({})],
  ['transfer.status', ({ transferId }) => ({ transferId })],
  ['transfer.digest', ({ transferId }) => ({ transferId, offset: 0, lengthBytes: 16 })],
  ['transfer.open', ({ transferId }) => ({ transferId })],
  ['session.invite', () => undefined],
  ['session.join', () => ({ code: 'no such code' })],
  ['session.login', () => ({ userName: 'nobody', password: 'x' })],
  ['session.ways', () => undefined],
  ['session.beginOidc', () => ({ challenge: 'c'.repeat(43) })],
  ['session.finishOidc', () => ({ query: 'code=x' })],
  ['session.list', () => undefined],
  ['user.list', () => undefined],
  ['user.create', (_world, asker) => ({ name: `somebody-${asker}` })],
  ['user.update', (_world, asker) => ({ name: `person-${asker}`, role: 'viewer' })],
  ['user.setPassword', (_world, asker) => ({ name: `person-${asker}`, password: 'a long password' })],
  ['user.linkOidc', (_world, asker) => ({ name: `person-${asker}`, subject: null })],
  ['user.invite', (_world, asker) => ({ name: `person-${asker}` })],
  ['team.list', () => undefined],
  ['team.show', () => ({ name: 'qa' })],
  ['team.create', (_world, asker) => ({ name: `made-${asker}` })],
  ['team.update', (_world, asker) => ({ name: `crew-${asker}`, quota: { vms: 3 } })],
  ['team.addMember', (_world, asker) => ({ name: `crew-${asker}`, userName: 'bob' })],
  ['token.list', () => undefined],
  ['token.create', (_world, asker) => ({ name: `new-${asker}` })],
  ['token.redeem', () => ({ code: 'no such code', name: 'pc' })],
  ['token.login', () => ({ userName: 'nobody', password: 'x', name: 'pc' })],
  ['terminal.show', (_world, asker) => ({ labName: `lab-${asker}`, terminalName: 'pc' })],
  ['terminal.connect', (_world, asker) => ({ labName: `lab-${asker}`, terminalName: 'pc' })],
  ['image.publish', ({ vmId }, asker) => ({ vmId, name: `qemu:again-${asker}:one` })],
  ['image.warm', ({ image }) => ({ name: image })],
  ['image.cool', ({ image }) => ({ name: image })],
  ['image.rename', ({ image }) => ({ name: image, newName: `${image}-more` })],
  ['event.follow', () => ({})],
  ['audit.list', () => ({ limit: 500 })],
  // What takes things away.
  ['session.end', ({ sessionId }) => ({ which: [sessionId] })],
  ['token.revoke', ({ tokenId }) => ({ tokenId })],
  ['team.removeMember', (_world, asker) => ({ name: `crew-${asker}`, userName: 'bob' })],
  ['team.delete', (_world, asker) => ({ name: `crew-${asker}` })],
  ['user.delete', (_world, asker) => ({ name: `person-${asker}` })],
  ['transfer.drop', ({ transferId }) => ({ transferId })],
  ['image.delete', ({ image }, asker) => ({ name: mayTakeAway.has(asker) ? `${image}-more` : image })],
  ['lab.removeTerminal', (_world, asker) => ({ name: `lab-${asker}`, terminalName: 'pc' })],
  ['lab.delete', (_world, asker) => ({ name: `lab-${asker}` })],
  ['profile.delete', (_world, asker) => ({ name: `profile-${asker}` })],
  ['template.delete', (_world, asker) => ({ name: `${mayTakeAway.has(asker) ? 'renamed' : 'template'}-${asker}` })],
  ['snapshot.delete', ({ env }) => ({ envName: env, name: 'second' })],
  ['vm.stop', ({ vmId }) => ({ vmId, graceS: 0 })],
  ['vm.start', ({ vmId }) => ({ vmId })],
  ['vm.pause', ({ vmId }) => ({ vmId })],
  ['vm.resume', ({ vmId }) => ({ vmId })],
  ['env.removeVms', ({ env, vmId }) => ({ name: env, vmIds: [vmId] })],
  ['vm.delete', ({ vmId }) => ({ vmId })],
  ['env.stop', ({ env }) => ({ name: env, graceS: 0 })],
  ['capsule.import', ({ capsuleId }, asker) => ({ transferId: capsuleId, name: `got-${asker}` })],
  // None is in the bin: whoever may is told so.
  ['env.restore', ({ env }) => ({ name: env })],
  ['env.purge', ({ env }) => ({ name: env })],
  ['env.delete', ({ env }) => ({ name: env })],
];

/** The table: call -> what it says of the owner, a member of the team, another user and an administrator. */
function tableOfGuide(): Map<string, Record<(typeof columnOf)[Asker], string>> {
  const guide = readFileSync(new URL('../../docs/admin-guide.md', import.meta.url), 'utf8');
  const [, rows = ''] = guide.split(
    '| calls | owner | member of its team | another user | administrator |\n| --- | --- | --- | --- | --- |\n',
  );
  const rights = new Map<string, Record<(typeof columnOf)[Asker], string>>();
  for (const row of rows.split('\n\n')[0]?.split('\n') ?? []) {
    const [, calls = '', owner = '', member = '', other = '', admin = ''] = row.split('|').map((cell) => cell.trim());
    for (const [, call = ''] of calls.matchAll(/`([a-zA-Z]+\.[A-Za-z]+)`/g))
      rights.set(call, { owner, member, other, admin });
  }
  return rights;
}

/** The table of viewers: call -> what it says. */
function viewersOfGuide(): Map<string, string> {
  const guide = readFileSync(new URL('../../docs/admin-guide.md', import.meta.url), 'utf8');
  const [, rows = ''] = guide.split('| calls | viewer |\n| --- | --- |\n');
  return new Map(
    (rows.split('\n\n')[0]?.split('\n') ?? []).flatMap((row) => {
      const [, calls = '', right = ''] = row.split('|').map((cell) => cell.trim());
      return [...calls.matchAll(/`([a-zA-Z]+\.[A-Za-z]+)`/g)].map(([, call = '']): [string, string] => [call, right]);
    }),
  );
}

const rights = tableOfGuide();
const viewersRights = viewersOfGuide();
const allCalls = Object.entries(contract).flatMap(([group, members]) =>
  Object.keys(members).map((name) => `${group}.${name}`),
);

type AnyCall = (input: unknown) => Promise<unknown>;

/** The code of what was refused, else the answer as text; of a feed its whole snapshot. */
async function ask(
  asker: Asker | 'viewer',
  call: string,
  input: unknown,
): Promise<{ code: string | null; text: string }> {
  const [group = '', name = ''] = call.split('.');
  const run = (clients[asker] as unknown as Record<string, Record<string, AnyCall>>)[group]?.[name];
  try {
    const answer = await run?.(input);
    if (call !== 'event.follow') return { code: null, text: JSON.stringify(answer) ?? '' };
    const feed = answer as AsyncGenerator;
    let text = '';
    for await (const item of feed) {
      text += JSON.stringify(item);
      if ((item as FeedItem).kind === 'snapshotEnd') break;
    }
    return { code: null, text };
  } catch (error) {
    return { code: String((error as { code?: unknown }).code), text: String(error) };
  }
}

it('the table names every call of the contract, and nothing else; so do the inputs of this test', () => {
  expect([...rights.keys()].toSorted()).toEqual(allCalls.toSorted());
  expect(inputs.map(([call]) => call).toSorted()).toEqual(allCalls.toSorted());
});

it('the table of viewers names what the contract lets them call, and what is open to everybody', () => {
  expect([...viewersRights.keys()].toSorted()).toEqual([...viewerCalls, ...openCalls].toSorted());
});

// First: what they are refused changes nothing for those who come after them.
describe('a viewer', () => {
  it.each(inputs)('%s', async (call, inputOf) => {
    const right = viewersRights.get(call);
    const { code, text } = await ask('viewer', call, inputOf(worlds.other, 'other'));
    if (right === undefined) {
      expect(code).toBe('VIEWER_REFUSED');
      return;
    }
    expect(['yes', 'public', 'own']).toContain(right);
    expect(code).not.toBe('VIEWER_REFUSED');
    // Others’ private things are not there for them either; anything else would be a mistake of this test.
    if (code !== null && !REFUSED.test(code)) expect(code).not.toMatch(MISSED);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(ADDRESSES);
    if (right === 'own') expect(text).not.toContain('ann');
  });
});

describe.each(askers)('%s', (asker) => {
  it.each(inputs)('%s', async (call, inputOf) => {
    const right = rights.get(call)?.[columnOf[asker]];
    const { code, text } = await ask(asker, call, inputOf(worlds[asker], asker));
    expect(['yes', 'no', 'public', 'own']).toContain(right);
    if (right === 'no') {
      expect(code).toMatch(REFUSED);
      return;
    }
    expect(code ?? '').not.toMatch(REFUSED);
    if (!gone.has(`${call} ${code}`)) expect(code ?? '').not.toMatch(MISSED);
    const isOutside = columnOf[asker] === 'other';
    if (isOutside || right === 'public') expect(text).not.toContain(SECRET);
    if (!mayTakeAway.has(asker)) expect(text).not.toContain(ADDRESSES);
    else if (call === 'lab.show') expect(text).toContain(ADDRESSES);
    if (right === 'own' && isOutside) expect(text).not.toContain('ann');
    if (right === 'yes' && whole.has(call)) expect(text).toContain(SECRET);
  });
});

/** What is really not there when it is asked for: the call was let through. */
const gone = new Set([
  'cd.insert IMAGE_NOT_FOUND',
  'vm.delete VM_NOT_FOUND',
  'snapshot.thumbnail THUMBNAIL_NOT_FOUND',
  'env.readRecording RECORDING_NOT_FOUND',
  'image.import INPUT_INVALID',
  'guestFile.get GUEST_FILE_MISSING',
]);
/** Calls that show what may hold keys. */
const whole = new Set([
  'run.list',
  'run.show',
  'env.list',
  'env.show',
  'vm.show',
  'snapshot.list',
  'snapshot.show',
  'lab.list',
  'lab.show',
  'profile.list',
  'profile.show',
  'template.show',
  'event.follow',
]);

describe('the feed', () => {
  it('tells others of changes, never of what they may not read; also those it held for one who comes back', async () => {
    const seen: Record<'ann' | 'bob', string> = { ann: '', bob: '' };
    const stop = new AbortController();
    const follow = async (name: 'ann' | 'bob', client: TtClient, after?: object) => {
      for await (const item of await client.event.follow(after, { signal: stop.signal })) {
        seen[name] += JSON.stringify(item);
      }
    };
    const { source } = await clients.admin.host.ping();
    const following = [
      follow('ann', clients.owner, { after: { source, revision: 0 } }),
      follow('bob', clients.other, { after: { source, revision: 0 } }),
    ].map((one) => one.catch(() => {}));
    await clients.owner.env.create({ name: 'late', notes: SECRET, groups: [{ osPrefix: 'tiny' }] });
    await clients.owner.env.update({ name: 'late', title: 'the last event' });
    await until('both were told', () => Object.values(seen).every((text) => text.includes('the last event')));
    stop.abort();
    await Promise.all(following);
    expect(seen.ann).toContain(SECRET);
    expect(seen.bob).not.toContain(SECRET);
  });
});
