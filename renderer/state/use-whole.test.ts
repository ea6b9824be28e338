// What is edited is the whole record: nothing is put together from one that lacks a text.
import { afterEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { completed } from './use-whole.ts';

let running: TestStores | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

interface Item {
  name: string;
  notes?: string;
  script?: string;
  leftOut?: string[];
}

test('a record is complete when nothing is left out, or when the texts that are left out are known', () => {
  const whole: Item = { name: 'a', notes: 'short' };
  expect(completed(whole, null)).toBe(whole);
  const brief: Item = { name: 'new name', notes: 'new', leftOut: ['script'] };
  expect(completed(brief, null)).toBeNull();
  // Only the text comes from what was asked for, which may be older.
  expect(completed(brief, { name: 'old name', notes: 'old', script: 'long' })).toEqual({
    name: 'new name',
    notes: 'new',
    script: 'long',
  });
});

test('the window has records without long texts, and gets the whole ones when it asks', async () => {
  running = await startTestStores({ empty: true });
  const { stores, link, settle } = running;
  const long = '# a long script\n'.repeat(100);
  await link.client.profile.create({ name: 'p', image: 'tiny', startScript: long });
  await link.client.env.create({ name: 'e', notes: long, groups: [{ osPrefix: 'tiny' }] });
  await link.client.snapshot.create({ envName: 'e', name: 's', notes: long });
  await settle();
  const [profile, env, snapshot] = [
    stores.labs.profiles.get('p'),
    stores.envs.get('e'),
    stores.snapshots.ofEnv('e')[0],
  ];
  if (!profile || !env || !snapshot) throw new Error('something is not shown');
  expect([profile.leftOut, env.leftOut, snapshot.leftOut]).toEqual([['startScript'], ['notes'], ['notes']]);
  const asked = await Promise.all([
    stores.labs.wholeProfile(profile),
    stores.envs.whole(env),
    stores.snapshots.whole(snapshot),
  ]);
  expect(asked).toMatchObject([
    { ok: true, value: { startScript: long } },
    { ok: true, value: { notes: long } },
    { ok: true, value: { notes: long } },
  ]);
  expect(await stores.labs.wholeProfile({ ...profile, name: 'gone' })).toMatchObject({ ok: false });
});
