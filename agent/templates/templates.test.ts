// Templates of two users and an administrator: who sees and changes which, what is refused, and that nobody overwrites what they have
// not seen. Against an agent with the fake engine, and for what is stored against the store alone.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NodeConnection } from '@tt/client/node';
import { TEMPLATE_TEXT_MAX, type Template, type TtClient, TtError } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EventLog } from '../events/event-log.ts';
import { StateStore } from '../state/store.ts';
import { makeOldDatabase } from '../state/test-old-database.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { askPicture, Picture } from '../testing/picture.ts';
import { until } from '../testing/until.ts';
import { Templates } from './templates.ts';

const users = (['ann', 'bob'] as const).map((name) => ({
  name,
  tokenSha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role: 'user' as const,
}));
const TEXT = '# for the shop\ngroups:\n  - osPrefix: tiny # small\n';

let agent: TestAgent;
const connections: NodeConnection[] = [];
let ann: TtClient;
let bob: TtClient;
let admin: TtClient;

beforeAll(async () => {
  agent = await startTestAgent({ config: { users } });
  connections.push(agent.connectAs('token-of-ann'), agent.connectAs('token-of-bob'));
  [ann, bob] = connections.map(({ client }) => client) as [TtClient, TtClient];
  admin = agent.client;
}, 30_000);
afterAll(async () => {
  for (const connection of connections) connection.close();
  await agent.stop();
});
afterEach(async () => {
  for (const { name } of (await admin.template.list()).templates) await admin.template.delete({ name });
});

const save = (client: TtClient, name: string, more: Partial<Parameters<TtClient['template']['save']>[0]> = {}) =>
  client.template.save({ name, text: TEXT, replaces: null, ...more });
const seen = ({ id, version }: Template) => ({ id, version });
const namesFor = async (client: TtClient) => (await client.template.list()).templates.map(({ name }) => name);
const inPictureOf = async (client: TtClient) => (await askPicture(client)).state.templates.map(({ name }) => name);

describe('a template', () => {
  it('is kept as it was written, for its owner and administrators only, until it is shared', async () => {
    const made = await save(ann, 'web');
    expect(made).toMatchObject({ name: 'web', owner: 'ann', sharedWith: 'nobody', version: 1, changedBy: 'ann' });
    for (const client of [ann, admin]) {
      expect(await client.template.show({ name: 'web' })).toEqual({ template: made, text: TEXT });
      expect([await namesFor(client), await inPictureOf(client)]).toEqual([['web'], ['web']]);
    }
    expect([await namesFor(bob), await inPictureOf(bob)]).toEqual([[], []]);
    const absent = { code: 'TEMPLATE_NOT_FOUND', data: { templateName: 'web', suggestions: [] } };
    await expect(bob.template.show({ name: 'web' })).rejects.toMatchObject(absent);
    await expect(bob.template.delete({ name: 'web' })).rejects.toMatchObject(absent);
    await expect(save(bob, 'web', { replaces: seen(made) })).rejects.toMatchObject(absent);

    await ann.template.share({ name: 'web', sharedWith: 'everybody' });
    expect((await bob.template.show({ name: 'web' })).text).toBe(TEXT);
    expect([await namesFor(bob), await inPictureOf(bob)]).toEqual([['web'], ['web']]);
    const theirs = { code: 'TEMPLATE_NOT_YOURS', data: { templateName: 'web', owner: 'ann' } };
    for (const attempt of [
      () => save(bob, 'web', { replaces: seen(made) }),
      () => bob.template.rename({ name: 'web', newName: 'mine' }),
      () => bob.template.share({ name: 'web', sharedWith: 'nobody' }),
      () => bob.template.delete({ name: 'web' }),
    ]) {
      await expect(attempt()).rejects.toMatchObject(theirs);
    }
  });

  it('is replaced only by who has seen what is there', async () => {
    const first = await save(ann, 'web', { sharedWith: 'everybody' });
    const second = await save(admin, 'web', { text: 'groups: []\n', replaces: seen(first) });
    // Whose it is, and who sees it, stay.
    expect(second).toMatchObject({
      id: first.id,
      version: 2,
      owner: 'ann',
      changedBy: 'local',
      sharedWith: 'everybody',
    });
    await expect(save(ann, 'web', { replaces: seen(first) })).rejects.toMatchObject({
      code: 'TEMPLATE_CHANGED',
      data: { templateName: 'web', changedBy: 'local', version: 2 },
    });
    await expect(save(ann, 'web')).rejects.toMatchObject({ code: 'TEMPLATE_NAME_TAKEN' });
    expect((await ann.template.show({ name: 'web' })).text).toBe('groups: []\n');
    // Another one that has the name by now is not what was read, whatever its version.
    await ann.template.rename({ name: 'web', newName: 'old-web' });
    await save(ann, 'web');
    await expect(save(ann, 'web', { replaces: { id: first.id, version: 1 } })).rejects.toMatchObject({
      code: 'TEMPLATE_CHANGED',
    });
    expect((await save(ann, 'old-web', { replaces: seen(second) })).version).toBe(3);
  });

  it('has a name of its own, private ones of others included', async () => {
    await save(ann, 'web');
    await save(bob, 'db');
    for (const attempt of [() => save(bob, 'web'), () => bob.template.rename({ name: 'db', newName: 'web' })]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'TEMPLATE_NAME_TAKEN', data: { templateName: 'web' } });
    }
    await expect(save(ann, '-x')).rejects.toMatchObject({ code: 'NAME_INVALID' });
    await expect(ann.template.show({ name: 'wep' })).rejects.toMatchObject({ data: { suggestions: ['web'] } });
    await bob.template.delete({ name: 'db' });
    await expect(bob.template.show({ name: 'wep' })).rejects.toMatchObject({ data: { suggestions: [] } });
  });

  it('that could not be used is not kept: each fault has its place', async () => {
    const refused = async (text: string) => {
      const error = await save(ann, 'web', { text }).catch((failure: unknown) => failure);
      if (!(error instanceof TtError)) throw new Error(`${text.slice(0, 40)} was taken`);
      if (error.code !== 'DOCUMENT_INVALID') return error.code;
      const { line, column, reason } = error.data as TtError<'DOCUMENT_INVALID'>['data'];
      return `${line}:${column} ${reason.code}`;
    };
    expect(await refused('groups:\n  - osPrefix: tiny\n    copeis: 2\n')).toBe('3:5 keyUnknownNear');
    expect(await refused('groups: [')).toMatch(/yamlBroken$/);
    expect(await refused('name: a\n---\nname: b\n')).toBe('3:1 yamlTooManyDocuments');
    expect(await refused('groups: [{ osPrefix: tiny, blacklist: [nowhere] }]')).toMatch(/destinationUnfit$/);
    expect(await refused('# nothing')).toBe('1:1 yamlEmpty');
    expect(await refused(`#${'x'.repeat(TEMPLATE_TEXT_MAX)}`)).toBe('INPUT_INVALID');
    expect(await namesFor(ann)).toEqual([]);
  });

  it('comes and goes in the feed of who may see it', async () => {
    const pictures = { ann: new Picture(), bob: new Picture() };
    const stop = new AbortController();
    const following = ([ann, bob] as const).map(async (client, index) => {
      const picture = index === 0 ? pictures.ann : pictures.bob;
      for await (const item of await client.event.follow({}, { signal: stop.signal })) picture.take(item);
    });
    const names = (who: 'ann' | 'bob') => pictures[who].state?.templates.map(({ name }) => name) ?? [];
    const told = (who: 'ann' | 'bob') => JSON.stringify(pictures[who].items.filter(({ kind }) => kind === 'event'));
    await until('both follow', () => pictures.ann.state !== null && pictures.bob.state !== null);
    const { id } = await save(ann, 'web');
    await until('ann sees it', () => names('ann').includes('web'));
    await ann.template.share({ name: 'web', sharedWith: 'everybody' });
    await until('bob sees it', () => names('bob').includes('web'));
    await ann.template.share({ name: 'web', sharedWith: 'nobody' });
    await until('bob sees it no more', () => names('bob').length === 0);
    await ann.template.rename({ name: 'web', newName: 'hidden' });
    await until('ann sees its name', () => names('ann').includes('hidden'));
    await ann.template.delete({ name: 'hidden' });
    await until('it is gone', () => names('ann').length === 0);
    await until('bob was told all of it', () => pictures.bob.revision >= pictures.ann.revision);
    expect(told('bob')).toContain(id);
    expect(told('ann')).not.toContain('for the shop');
    stop.abort();
    await Promise.all(following.map((one) => one.catch(() => {})));
  });
});

describe('in the store', () => {
  let folder: string;
  afterEach(() => rm(folder, { recursive: true }));

  it('templates outlive the agent, and a database of an older TT takes them too', async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tt-templates-'));
    const file = path.join(folder, 'state.sqlite');
    makeOldDatabase(file);
    const at = '2026-11-29T00:00:00.000Z';
    const record = {
      id: 'an-id',
      name: 'web',
      owner: 'ann',
      sharedWith: 'nobody' as const,
      version: 1,
      text: TEXT,
      createdAt: at,
      changedAt: at,
      changedBy: 'ann',
    };
    const log = new EventLog('host', () => new Date(0));
    const before = new StateStore(file);
    const templates = new Templates(before, log);
    expect(templates.list()).toEqual([]);
    templates.put(record);
    templates.put({ ...record, id: 'another', name: 'db' });
    templates.delete(record);
    before.close();
    const after = new StateStore(file);
    expect(new Templates(after, log).list()).toEqual([{ ...record, id: 'another', name: 'db' }]);
    after.close();
  });
});
