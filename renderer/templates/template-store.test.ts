// Templates in the window's stores: they come with the feed, are saved without overwriting what nobody has seen, and fill the New ENV
// form where it can show all they say.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { NewEnvDraft } from '../new-env/new-env-draft.ts';
import { draftYaml, requestOf, startFrom, toForm, toYaml } from '../new-env/yaml-view.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { TemplateDraft } from './template-draft.ts';

const TEXT = `# the shop
name: shop
lifetimeS: 7200
denyOutgoing: true
groups:
  - osPrefix: tiny
    copies: 2
    memoryMiB: 200
    ports: [{ protocol: tcp, guestPort: 80 }]
    nics: [{ kind: nat, bandwidthMbps: null }]
    cloudInit: { user: kim }
    medium: null
`;

let world: TestStores;
beforeAll(async () => {
  world = await startTestStores({ empty: true });
}, 30_000);
afterAll(() => world.stop());
afterEach(async () => {
  const { client } = world.link;
  for (const { name } of (await client.template.list()).templates) await client.template.delete({ name });
  await world.settle();
});

const newDraft = (taken: readonly string[] = []) => new NewEnvDraft(world.stores.images, () => taken);
async function saved(name: string, text: string): Promise<void> {
  expect(await world.stores.templates.save({ name, text, replaces: null })).toMatchObject({ ok: true });
  await world.settle();
}

test('a template is saved, renamed, shared and deleted; the list follows', async () => {
  const { templates } = world.stores;
  await saved('web', TEXT);
  expect(templates.all).toMatchObject([{ name: 'web', sharedWith: 'nobody', version: 1 }]);
  await templates.rename('web', 'shop');
  await templates.share({ name: 'shop', sharedWith: 'everybody' });
  await world.settle();
  expect(templates.called('shop')).toMatchObject({ sharedWith: 'everybody' });
  expect(await templates.show('shop')).toMatchObject({ ok: true, value: { text: TEXT } });
  await templates.remove('shop');
  await world.settle();
  expect(templates.all).toEqual([]);
});

test('saving says what it replaces: what somebody else saved meanwhile stays', async () => {
  const { templates } = world.stores;
  await saved('web', TEXT);
  const draft = new TemplateDraft(templates, 'groups: []\n', { name: 'web' });
  await draft.text.check();
  expect([draft.isComplete, draft.existing?.name]).toEqual([false, 'web']);
  draft.agree(true);
  expect(draft.isComplete).toBe(true);
  await world.agent.client.template.save({
    name: 'web',
    text: 'title: theirs\n',
    replaces: { id: draft.existing?.id ?? '', version: 1 },
  });
  expect(await draft.save()).toMatchObject({ ok: false, error: { code: 'TEMPLATE_CHANGED' } });
  await world.settle();
  draft.agree(true);
  expect(await draft.save()).toMatchObject({ ok: true, value: { version: 3 } });
  draft.text.type('groups: [{ copeis: 1 }]');
  expect(await draft.save()).toBeNull();
  expect(draft.text.problems).toMatchObject([{ line: 1, column: 12, reason: { code: 'keyUnknownNear' } }]);
});

test('a new ENV starts from one, with a name that is free, as a form', async () => {
  await saved('web', TEXT);
  const draft = newDraft(['shop']);
  expect(await startFrom(draft, 'web', world.stores)).toBeNull();
  expect([draft.yaml, draft.name, draft.vmCount, draft.template]).toEqual([null, 'shop-2', 2, 'web']);
  expect(await requestOf(draft)).toMatchObject({
    name: 'shop-2',
    lifetimeS: 7200,
    denyOutgoing: true,
    groups: [{ osPrefix: 'qemu:tiny-1:default', copies: 2, memoryMiB: 200, nics: [{ kind: 'nat' }] }],
  });
  await startFrom(draft, null, world.stores);
  expect([draft.vmCount, draft.template]).toEqual([0, null]);
});

test.each([
  ['title: a title', 'of the ENV'],
  ['snapshotSchedule: { everyMinutes: 30, keep: 4 }', 'of the ENV'],
])('what the form can’t show keeps it a text: %s', async (line) => {
  await saved('web', `# kept\n${line}\ngroups: [{ osPrefix: tiny }]\n`);
  const draft = newDraft();
  await startFrom(draft, 'web', world.stores);
  expect([draft.isUnshowable, draft.yaml?.text]).toEqual([true, expect.stringMatching(/# kept[\s\S]*name: web/)]);
  await toForm(draft, world.stores);
  expect(draft.yaml).not.toBeNull();
  expect(await requestOf(draft)).toMatchObject({ name: 'web', groups: [{ osPrefix: 'tiny' }] });
});

test.each([
  '{ osPrefix: tiny, disks: [{ sizeMiB: 64, limits: { bytesPerSecond: 4096, operationsPerSecond: null } }] }',
  '{ osPrefix: tiny, nics: [{ kind: nat }, { kind: user }] }',
  '{ osPrefix: tiny, cloudInit: { files: [{ path: /a, content: b }] } }',
  '{ osPrefix: nothing-like-this }',
  '{ diskMiB: 64, medium: some }',
])('nor does it lose anything of a group: %s', async (group) => {
  await saved('web', `groups: [${group}]\n`);
  const draft = newDraft();
  await startFrom(draft, 'web', world.stores);
  expect([draft.isUnshowable, draft.groups]).toEqual([true, []]);
});

test('the form as text and back says the same', async () => {
  const draft = newDraft();
  draft.search('tiny');
  draft.groups[0]?.change({ copies: 3, ports: '80, 53/udp', moreDisks: '64, 128', blacklist: '192.0.2.0/24' });
  draft.typeName('demo');
  draft.setEndPolicy('stop');
  const before = draft.toRequest();
  await toYaml(draft);
  expect(draft.yaml?.text).toContain('name: demo\n');
  expect(await requestOf(draft)).toEqual({ ...before, groups: before.groups });
  await toForm(draft, world.stores);
  expect([draft.yaml, draft.toRequest()]).toEqual([null, before]);
  await toYaml(draft);
  draft.yaml?.type((await draftYaml(draft)).replace('copies: 3', 'copeis: 3'));
  await toForm(draft, world.stores);
  expect([draft.yaml?.problems.length, draft.canCreate]).toEqual([1, false]);
  draft.showForm();
});
