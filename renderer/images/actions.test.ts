// What may be done to an image is said once, for its menu, its button and the palette.
import type { Image } from '@tt/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { translate } from '../i18n/index.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { imageActions, isBuildable, newImageActions, warmAction } from './actions.ts';

let running: TestStores;
beforeAll(async () => {
  running = await startTestStores({ empty: true });
});
afterAll(() => running.stop());

function imageIn(state: Image['state']) {
  const image = running.stores.images.all.find((known) => known.state === state);
  if (!image) throw new Error(`no image is ${state}`);
  return image;
}

function whyNots(image: Image) {
  const { build, rename, delete: remove } = imageActions(running.stores, image, translate);
  return [build.whyNot, rename.whyNot, remove.whyNot];
}

test('an image that is there is renamed and deleted, one that is not is built', () => {
  expect(whyNots(imageIn('ready'))).toEqual([null, null, null]);
  expect(isBuildable(imageIn('ready'))).toBe(false);
  expect(whyNots(imageIn('absent'))).toEqual([null, 'notReady', 'notReady']);
  expect(isBuildable(imageIn('absent'))).toBe(true);
});

test('a broken image can be deleted, not renamed', () => {
  const problem = { code: 'IMAGE_BROKEN', message: '', fix: '', data: {} };
  const broken: Image = { ...imageIn('ready'), state: 'failed', problem };
  expect(whyNots(broken)).toEqual([null, 'notReady', null]);
});

test('an image that is being built is not built twice', async () => {
  const image = imageIn('absent');
  imageActions(running.stores, image, translate).build.run();
  await expect.poll(() => whyNots(image)[0]).toBe('busy');
});

test('an image that is there is kept warm, a warm one let go; one without guest agent says why not', () => {
  const ready: Image = { ...imageIn('ready'), features: ['guestAgent'], warm: null };
  const { madeAt, ...size } = {
    madeAt: '2026-11-29T12:00:00Z',
    cpuCount: 1,
    memoryMiB: 128,
    nicCount: 1,
    sizeBytes: 1,
  };
  const warm: Image = { ...ready, warm: { ...size, madeAt, state: 'ready', lastUsedAt: null, useCount: 0 } };
  const offered = (image: Image) => {
    const action = warmAction(image, imageActions(running.stores, image, translate));
    return action && [action.id, action.whyNot];
  };
  expect(offered(ready)).toEqual(['keepWarm', null]);
  expect(offered(warm)).toEqual(['letGo', null]);
  expect(offered({ ...ready, features: [] })).toEqual(['keepWarm', 'noGuestAgent']);
  expect(offered({ ...ready, features: ['guestAgent', 'cloudInit'] })).toEqual(['keepWarm', 'setUpAtBoot']);
  expect(offered({ ...ready, kind: 'iso' })).toBeNull();
  expect(offered(imageIn('absent'))).toBeNull();
});

test('without a link nothing is installed or imported', () => {
  running.link.cut();
  running.stores.link.pingFailed(new Error('cut'));
  const { install, import: bring } = newImageActions(running.stores, translate);
  expect([install.whyNot, bring.whyNot]).toEqual(['linkDown', 'linkDown']);
});
