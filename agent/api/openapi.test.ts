// The OpenAPI document as the agent serves it, checked by a public validator; every route of the contract answers plain HTTP
// with the documented status.
import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isContractProcedure } from '@orpc/contract';
import { Validator } from '@seriousme/openapi-schema-validator';
import { contract, errorTable, type Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeTestImages } from '../testing/image-folder.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';

interface Operation {
  operationId: string;
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
  requestBody?: object;
  parameters?: { name: string; in: string; required?: boolean }[];
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: object;
  security: object[];
}

let agent: TestAgent;
let document: Document;
let vm: Vm;
let foreignDisk: string;
/** Id of the file that an export offers. */
let download = '';
let tokenId = '';
const upload = crypto.randomUUID();
const runId = crypto.randomUUID();

beforeAll(async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'tt-openapi-'));
  await makeTestImages(path.join(home, 'images'));
  await writeFile(path.join(home, 'images', 'net.iso'), 'a medium');
  agent = await startTestAgent({ home, config: { keepDeletedS: 60 } });
  foreignDisk = path.join(agent.home, 'foreign.raw');
  await writeFile(foreignDisk, 'disk of 64 MiB');
  const answer = await fetch(`${agent.url}/api/openapi.json`, { headers: { authorization: `Bearer ${agent.token}` } });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  document = (await answer.json()) as Document;
}, 60_000);
afterAll(() => agent.stop());

const routes = Object.entries(contract).flatMap(([group, calls]) =>
  Object.entries(calls).flatMap(([name, call]) => {
    if (!isContractProcedure(call)) throw new Error(`${group}.${name} is not a call`);
    const { route, errorMap } = call['~orpc'];
    return { name: `${group}.${name}`, method: String(route.method), path: String(route.path), route, errorMap };
  }),
);

it('is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document) as unknown as Record<string, unknown>);
  expect([valid, errors]).toEqual([true, undefined]);
  expect(validator.version).toBe('3.1');
  // The validator does look: without a title, say, the same document is not valid.
  const untitled = { ...document, info: {} };
  expect(await new Validator().validate(untitled)).toMatchObject({ valid: false });
});

it('has every call of the contract and nothing else, each with its id, statuses and the statuses of its errors', () => {
  const served = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, responses }]) => ({
      at: `${method.toUpperCase()} ${path}`,
      operationId,
      statuses: Object.keys(responses).sort((a, b) => a.localeCompare(b)),
    })),
  );
  const expected = routes.map(({ name, method, path, route, errorMap }) => {
    const failures = Object.keys(errorMap).map((code) => errorTable[code as keyof typeof errorTable].status);
    const statuses = new Set([route.successStatus ?? 200, ...failures].map(String));
    return { at: `${method} ${path}`, operationId: name, statuses: [...statuses].sort((a, b) => a.localeCompare(b)) };
  });
  const byRoute = (a: { at: string }, b: { at: string }) => a.at.localeCompare(b.at);
  expect(served.toSorted(byRoute)).toEqual(expected.toSorted(byRoute));
});

it('says that a token is needed, and never shows one', () => {
  expect(document.security).toEqual([{ bearer: [] }]);
  expect(document.components).toMatchObject({ securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } });
  expect(JSON.stringify(document)).not.toContain(agent.token);
});

/** One request for each call, in an order in which they all succeed. */
const walk: [call: string, request: () => [method: string, path: string, body?: object], status: number][] = [
  ['host.ping', () => ['GET', '/ping'], 200],
  ['host.show', () => ['GET', '/host'], 200],
  ['image.list', () => ['GET', '/images'], 200],
  ['image.build', () => ['POST', '/images/qemu%3Atiny-2%3Adefault/build', {}], 200],
  ['image.buildLog', () => ['GET', '/images/qemu%3Atiny-2%3Adefault/build-log?offset=0&waitMs=10'], 200],
  ['image.show', () => ['GET', '/images/qemu%3Atiny-2%3Adefault'], 200],
  [
    'image.import',
    () => [
      'POST',
      '/images',
      { name: 'qemu:mine-1:default', format: 'raw', source: { kind: 'file', path: foreignDisk } },
    ],
    201,
  ],
  ['image.warm', () => ['POST', '/images/qemu%3Atiny-2%3Adefault/warm', { memoryMiB: 256 }], 200],
  ['image.cool', () => ['DELETE', '/images/qemu%3Atiny-2%3Adefault/warm', {}], 200],
  ['image.rename', () => ['POST', '/images/qemu%3Amine-1%3Adefault/rename', { newName: 'qemu:mine-2:default' }], 200],
  ['image.delete', () => ['DELETE', '/images/qemu%3Amine-2%3Adefault', {}], 200],
  ['env.create', () => ['POST', '/envs', { name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] }], 201],
  ['env.list', () => ['GET', '/envs'], 200],
  ['env.show', () => ['GET', '/envs/demo'], 200],
  ['env.show', () => ['GET', `/envs/demo?limit=1&after=${vm.id}`], 200],
  ['env.sshKey', () => ['GET', '/envs/demo/ssh-key'], 200],
  ['guestFile.put', () => ['POST', '/envs/demo/files', { folder: '/root', files: [{ path: 'a', sizeBytes: 0 }] }], 200],
  ['guestFile.list', () => ['GET', `/vms/${vm.id}/files?path=/root`], 200],
  ['guestFile.get', () => ['POST', `/vms/${vm.id}/files`, { files: [{ path: '/root/a', sizeBytes: 0 }] }], 200],
  ['env.update', () => ['PATCH', '/envs/demo', { title: 'T' }], 200],
  ['host.me', () => ['GET', '/me'], 200],
  ['host.metrics', () => ['GET', '/metrics'], 200],
  ['host.tasks', () => ['GET', '/tasks'], 200],
  ['host.firewall', () => ['GET', '/firewall'], 200],
  ['admin.findings', () => ['GET', '/admin/findings?maxAgeS=10'], 200],
  ['admin.storage', () => ['GET', '/admin/storage'], 200],
  ['admin.networks', () => ['GET', '/admin/networks'], 200],
  ['admin.metrics', () => ['GET', '/admin/metrics'], 200],
  ['admin.log', () => ['GET', '/admin/log?level=info&limit=5'], 200],
  ['admin.log', () => ['GET', '/admin/log'], 200],
  ['admin.certificate', () => ['GET', '/admin/certificate'], 200],
  ['admin.version', () => ['GET', '/admin/version'], 200],
  ['admin.runTask', () => ['POST', '/admin/tasks/stored-bytes/run', {}], 200],
  ['env.addVms', () => ['POST', '/envs/demo/vms', { groups: [{ osPrefix: 'tiny' }] }], 201],
  ['env.removeVms', () => ['POST', '/envs/demo/remove-vms', { osPrefixes: ['none'], dead: true }], 200],
  ['vm.update', () => ['PATCH', `/vms/${vm.id}`, { ports: [{ protocol: 'tcp', guestPort: 80 }] }], 200],
  ['snapshot.create', () => ['POST', '/envs/demo/snapshots', { name: 'ripe' }], 201],
  ['snapshot.list', () => ['GET', '/envs/demo/snapshots'], 200],
  ['snapshot.show', () => ['GET', '/envs/demo/snapshots/ripe'], 200],
  ['snapshot.usage', () => ['GET', '/envs/demo/snapshot-usage'], 200],
  ['snapshot.compare', () => ['GET', '/envs/demo/snapshots/ripe/comparison/ripe'], 200],
  ['snapshot.thumbnail', () => ['GET', `/envs/demo/snapshots/ripe/thumbnails/${vm.id}`], 200],
  ['snapshot.update', () => ['PATCH', '/envs/demo/snapshots/ripe', { notes: 'N' }], 200],
  ['snapshot.revert', () => ['POST', '/envs/demo/snapshots/ripe/revert', { safety: false }], 200],
  ['snapshot.fork', () => ['POST', '/envs/demo/snapshots/ripe/fork', { newName: 'forked' }], 201],
  ['snapshot.planFork', () => ['POST', '/envs/demo/snapshots/ripe/fork-plan', { newName: 'planned', copies: 2 }], 200],
  ['env.planClone', () => ['POST', '/envs/demo/clone-plan', { newName: 'planned' }], 200],
  ['env.clone', () => ['POST', '/envs/forked/clone', { newName: 'cloned', fenced: true }], 201],
  ['vm.clone', () => ['POST', `/vms/${vm.id}/clone`, {}], 201],
  ['run.start', () => ['POST', '/runs', { runId, envName: 'demo', command: { argv: ['true'] } }], 201],
  ['run.list', () => ['GET', '/runs?envName=demo'], 200],
  ['run.show', () => ['GET', `/runs/${runId}`], 200],
  ['run.output', () => ['POST', `/runs/${runId}/output`, { vmId: vm.id, channel: 'stdout' }], 201],
  ['run.cancel', () => ['POST', `/runs/${runId}/cancel`], 200],
  ['run.delete', () => ['DELETE', `/runs/${runId}`], 200],
  ['capsule.export', () => ['POST', '/envs/demo/capsule', { snapshotName: 'ripe' }], 201],
  ['transfer.open', () => ['POST', `/transfers/${download}/stream`, {}], 201],
  ['transfer.reserve', () => ['POST', '/transfers/downloads', {}], 201],
  ['transfer.begin', () => ['POST', '/transfers', { transferId: upload, fileName: 'abc', sizeBytes: 3 }], 201],
  ['transfer.digest', () => ['GET', `/transfers/${upload}/digest?offset=0&lengthBytes=3`], 200],
  ['transfer.status', () => ['GET', `/transfers/${upload}`], 200],
  ['transfer.list', () => ['GET', '/transfers'], 200],
  ['transfer.drop', () => ['DELETE', `/transfers/${upload}`], 200],
  ['snapshot.delete', () => ['DELETE', '/envs/demo/snapshots/ripe'], 200],
  ['vm.show', () => ['GET', `/vms/${vm.id}`], 200],
  ['vm.health', () => ['GET', `/vms/${vm.id}/health`], 200],
  ['vm.portHealth', () => ['GET', `/vms/${vm.id}/ports`], 200],
  ['vm.screenshot', () => ['GET', `/vms/${vm.id}/screenshot`], 200],
  ['vm.pause', () => ['POST', `/vms/${vm.id}/pause`, {}], 200],
  ['vm.resume', () => ['POST', `/vms/${vm.id}/resume`, {}], 200],
  ['vm.reset', () => ['POST', `/vms/${vm.id}/reset`, {}], 200],
  ['console.open', () => ['POST', `/vms/${vm.id}/consoles`, { kind: 'vnc' }], 201],
  ['console.openShell', () => ['POST', `/vms/${vm.id}/shells`, { columns: 80, rows: 24 }], 201],
  ['console.openPort', () => ['POST', `/vms/${vm.id}/port-streams`, { guestPort: 22 }], 201],
  ['console.type', () => ['POST', `/vms/${vm.id}/keystrokes`, { strokes: [[{ code: 'KeyA', down: true }]] }], 200],
  ['console.giveKeyboard', () => ['POST', `/vms/${vm.id}/keyboard`, { userName: null }], 200],
  ['vm.stop', () => ['POST', `/vms/${vm.id}/stop`, { graceS: 0 }], 200],
  ['image.publish', () => ['POST', `/vms/${vm.id}/publish`, { name: 'qemu:made-1:default' }], 201],
  ['vm.start', () => ['POST', `/vms/${vm.id}/start`, {}], 200],
  ['disk.add', () => ['POST', `/vms/${vm.id}/disks`, { sizeMiB: 64 }], 201],
  ['disk.grow', () => ['POST', `/vms/${vm.id}/disks/disk1/grow`, { sizeMiB: 96 }], 200],
  [
    'disk.limit',
    () => [
      'POST',
      `/vms/${vm.id}/disks/disk1/limit`,
      { limits: { bytesPerSecond: 1_000_000, operationsPerSecond: null } },
    ],
    200,
  ],
  ['disk.detach', () => ['POST', `/vms/${vm.id}/disks/disk1/detach`, {}], 200],
  ['disk.attach', () => ['POST', `/vms/${vm.id}/disks/disk1/attach`, {}], 200],
  ['disk.detach', () => ['POST', `/vms/${vm.id}/disks/disk1/detach`, {}], 200],
  ['disk.remove', () => ['DELETE', `/vms/${vm.id}/disks/disk1`, {}], 200],
  ['cd.insert', () => ['POST', `/vms/${vm.id}/cds/cd0/insert`, { medium: 'qemu:net:iso' }], 200],
  ['cd.eject', () => ['POST', `/vms/${vm.id}/cds/cd0/eject`, {}], 200],
  ['vm.delete', () => ['DELETE', `/vms/${vm.id}`], 200],
  ['env.stop', () => ['POST', '/envs/demo/stop', {}], 200],
  ['env.compact', () => ['POST', '/envs/demo/compact', {}], 200],
  ['env.start', () => ['POST', '/envs/demo/start'], 200],
  ['env.delete', () => ['DELETE', '/envs/demo', {}], 200],
  ['env.listDeleted', () => ['GET', '/deleted-envs'], 200],
  ['env.restore', () => ['POST', '/deleted-envs/demo/restore', {}], 200],
  ['env.delete', () => ['DELETE', '/envs/demo', {}], 200],
  ['env.purge', () => ['DELETE', '/deleted-envs/demo', {}], 200],
  ['operation.list', () => ['GET', '/operations'], 200],
  ['template.save', () => ['POST', '/templates/web', { text: 'groups: []', replaces: null }], 200],
  ['template.list', () => ['GET', '/templates'], 200],
  ['template.show', () => ['GET', '/templates/web'], 200],
  ['template.rename', () => ['POST', '/templates/web/rename', { newName: 'shop' }], 200],
  ['template.share', () => ['POST', '/templates/shop/share', { sharedWith: 'everybody' }], 200],
  ['template.delete', () => ['DELETE', '/templates/shop', {}], 200],
  ['profile.create', () => ['POST', '/profiles', { name: 'office', image: 'tiny' }], 201],
  ['profile.list', () => ['GET', '/profiles'], 200],
  ['profile.show', () => ['GET', '/profiles/office'], 200],
  ['profile.update', () => ['PATCH', '/profiles/office', { title: 'Office' }], 200],
  ['profile.clone', () => ['POST', '/profiles/office/clone', { newName: 'other' }], 201],
  ['profile.rollback', () => ['POST', '/profiles/office/rollback', { version: 1 }], 200],
  ['profile.openAdmin', () => ['POST', '/profiles/office/admin', {}], 201],
  ['profile.publish', () => ['POST', '/profiles/office/publish', { force: true, graceS: 0 }], 200],
  ['profile.openAdmin', () => ['POST', '/profiles/other/admin', {}], 201],
  ['profile.discard', () => ['POST', '/profiles/other/discard', {}], 200],
  ['lab.create', () => ['POST', '/labs', { name: 'room', profileNames: ['office'], terminalsEnabled: true }], 201],
  ['lab.list', () => ['GET', '/labs'], 200],
  ['lab.show', () => ['GET', '/labs/room'], 200],
  ['lab.update', () => ['PATCH', '/labs/room', { seats: 2 }], 200],
  ['lab.setTerminal', () => ['POST', '/labs/room/terminals', { terminalName: 'pc', address: '127.0.0.1' }], 200],
  ['lab.startSession', () => ['POST', '/labs/room/sessions', { terminalName: 'pc' }], 201],
  ['terminal.show', () => ['GET', '/terminals/assignment'], 200],
  ['terminal.connect', () => ['POST', '/terminals/console', { labName: 'room', terminalName: 'pc' }], 200],
  ['lab.stopSession', () => ['DELETE', '/labs/room/sessions/pc'], 200],
  ['lab.removeTerminal', () => ['DELETE', '/labs/room/terminals/pc'], 200],
  ['lab.delete', () => ['DELETE', '/labs/room'], 200],
  ['profile.delete', () => ['DELETE', '/profiles/office'], 200],
  ['session.invite', () => ['POST', '/session/invite'], 200],
  ['audit.list', () => ['GET', '/audit?envName=demo&limit=5'], 200],
  ['session.list', () => ['GET', '/session/list'], 200],
  ['session.end', () => ['POST', '/session/end', { which: 'others' }], 200],
  ['user.create', () => ['POST', '/users', { name: 'ann' }], 200],
  ['user.list', () => ['GET', '/users'], 200],
  ['user.update', () => ['PATCH', '/users/ann', { role: 'viewer' }], 200],
  ['user.setPassword', () => ['POST', '/users/ann/password', { password: 'a long password' }], 200],
  ['session.login', () => ['POST', '/session/login', { userName: 'ann', password: 'a long password' }], 200],
  ['user.linkOidc', () => ['POST', '/users/ann/oidc', { subject: null }], 200],
  ['user.invite', () => ['POST', '/users/ann/invite'], 200],
  ['session.ways', () => ['GET', '/session/ways'], 200],
  [
    'token.login',
    () => ['POST', '/tokens/login', { userName: 'ann', password: 'a long password', name: 'laptop' }],
    200,
  ],
  ['token.create', () => ['POST', '/tokens', { name: 'pc', userName: 'ann' }], 200],
  ['token.list', () => ['GET', '/tokens'], 200],
  ['token.revoke', () => ['DELETE', `/tokens/${tokenId}`], 200],
  ['team.create', () => ['POST', '/teams', { name: 'qa' }], 200],
  ['team.update', () => ['PATCH', '/teams/qa', { quota: { vms: 3 } }], 200],
  ['team.addMember', () => ['POST', '/teams/qa/members', { userName: 'ann' }], 200],
  ['team.show', () => ['GET', '/teams/qa'], 200],
  ['team.list', () => ['GET', '/teams'], 200],
  ['team.removeMember', () => ['DELETE', '/teams/qa/members/ann'], 200],
  ['team.delete', () => ['DELETE', '/teams/qa'], 200],
  ['user.delete', () => ['DELETE', '/users/ann'], 200],
];
/** Answered elsewhere: cancel, join, redeem and logins by a provider need something under way, the feed does not end, and a capsule is no three letters, nor a recording in it. */
const elsewhere = [
  'operation.cancel',
  'session.join',
  'session.beginOidc',
  'session.finishOidc',
  'token.redeem',
  'event.follow',
  'capsule.inspect',
  'capsule.import',
  'env.readRecording',
];

it('every call answers by plain HTTP with the status and the shape of the document', async () => {
  expect([...new Set(walk.map(([call]) => call)), ...elsewhere].toSorted()).toEqual(
    routes.map(({ name }) => name).toSorted(),
  );
  for (const [call, request, status] of walk) {
    const [method, route, body] = request();
    const answer = await fetch(`${agent.url}/api${route}`, {
      method,
      headers: { authorization: `Bearer ${agent.token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const json: unknown = await answer.json();
    expect([call, answer.status, json]).toEqual([call, status, expect.anything()]);
    const [group = '', name = ''] = call.split('.');
    const procedure = (contract as Record<string, Record<string, unknown>>)[group]?.[name];
    const output = isContractProcedure(procedure) ? procedure['~orpc'].outputSchema : undefined;
    const checked = await output?.['~standard'].validate(json);
    expect([call, checked?.issues]).toEqual([call, undefined]);
    if (call === 'capsule.export') download = (json as { transfer: { id: string } }).transfer.id;
    if (call === 'token.create') tokenId = (json as { token: { id: string } }).token.id;
    if (call === 'env.create') vm = (json as { vms: Vm[] }).vms[0] ?? vm;
  }
});

it('the feed by plain HTTP is server-sent events: a picture first, then what happens', async () => {
  const abort = new AbortController();
  const answer = await fetch(`${agent.url}/api/events`, {
    headers: { authorization: `Bearer ${agent.token}` },
    signal: abort.signal,
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  const items = itemsOf(answer.body);
  expect(await items.next()).toMatchObject({ value: { kind: 'snapshot' } });
  const name = `seen-${randomUUID().slice(0, 8)}`;
  await agent.client.env.create({ name, groups: [{ osPrefix: 'tiny' }] });
  // What the host has allocated to the ENVs before may be told first.
  const first = await nextEvent(items, ({ type }) => type !== 'host.updated');
  expect(first).toMatchObject({ kind: 'event', event: { type: 'operation.updated' } });

  const { revision, source } = (await agent.client.event.follow({}).then((feed) => feed.next())).value as never;
  const query = new URLSearchParams({
    'after[revision]': String(Number(revision) - 1),
    'after[source][hostId]': (source as { hostId: string }).hostId,
    'after[source][epoch]': (source as { epoch: string }).epoch,
  });
  const again = await fetch(`${agent.url}/api/events?${query}`, {
    headers: { authorization: `Bearer ${agent.token}` },
    signal: abort.signal,
  });
  expect(await nextEvent(itemsOf(again.body))).toMatchObject({ kind: 'event', event: { revision } });
  await agent.client.env.delete({ name });
  abort.abort();
});

/** The pages of the snapshot come before, metrics in between, each second. */
async function nextEvent(
  items: AsyncGenerator<{ kind: string; event?: { type: string } }>,
  isMeant: (event: { type: string }) => boolean = () => true,
): Promise<unknown> {
  for await (const item of items) if (item.event && isMeant(item.event)) return item;
  return null;
}

async function* itemsOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<{ kind: string }> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const data = text
        .slice(0, end)
        .split('\n')
        .flatMap((line) => (line.startsWith('data: ') ? line.slice(6) : []));
      text = text.slice(end + 2);
      if (data.length > 0) yield JSON.parse(data.join('\n'));
    }
  }
}
