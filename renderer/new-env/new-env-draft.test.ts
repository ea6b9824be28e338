// Composing a new ENV: typing selects as the CLI does, sizes, names, what-if.
import { matchesOsPrefix } from '@tt/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../agent/testing/until.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { sixOClock } from '../env/lifetime-choice.ts';
import { NewEnvDraft } from './new-env-draft.ts';
import { endProblem, nameProblem, whyNotAdd, whyNotCreate } from './why-not-create.ts';

let running: TestStores;
beforeAll(async () => {
  running = await startTestStores();
});
afterAll(() => running.stop());

function newDraft() {
  const { stores } = running;
  return { stores, draft: new NewEnvDraft(stores.images, () => stores.envs.takenNames) };
}

test('typing selects what the CLI would, as far as it is ready', async () => {
  const { stores, draft } = newDraft();
  void stores.images.buildImage('qemu:ubuntu-24.04:default');
  await until('it is being built', () => stores.images.items.get('qemu:ubuntu-24.04:default')?.state === 'building');
  draft.search('cent, ubuntu2004');
  expect(draft.groups.map(({ image }) => image.os)).toEqual(['centos-7.1', 'ubuntu-20.04']);
  draft.search('ubuntu');
  expect(draft.matches.map(({ os }) => os)).toEqual(['ubuntu-20.04', 'ubuntu-24.04']);
  expect(draft.groups.map(({ image }) => image.os)).toEqual(['ubuntu-20.04']);
  expect(draft.matches).toEqual(stores.images.all.filter(({ name }) => matchesOsPrefix(name, 'ubuntu')));
});

test('what was touched or clicked stays when the typed text no longer selects it', () => {
  const { stores, draft } = newDraft();
  draft.search('tiny');
  draft.groups[0]?.change({ copies: 3 });
  const alpine = stores.images.all.find(({ os }) => os.startsWith('alpine'));
  if (alpine) draft.toggle(alpine);
  draft.search('centos');
  expect(draft.groups.map(({ image, copies }) => `${image.os} x${copies}`)).toEqual([
    'tiny-1 x3',
    'alpine-3.20 x1',
    'centos-7.1 x1',
  ]);
  expect(draft.vmCount).toBe(5);
  draft.search('');
  expect(draft.groups.map(({ image }) => image.os)).toEqual(['tiny-1', 'alpine-3.20']);
});

test('the name follows the systems, avoids taken ones, and stays once typed', () => {
  const { draft } = newDraft();
  expect(draft.name).toBe('env');
  draft.search('tiny');
  expect(draft.name).toBe('tiny-2');
  draft.search('tiny, alpine');
  expect(draft.name).toBe('tiny-alpine');
  draft.search('tiny, alpine, cent');
  expect(draft.name).toBe('matrix');
  draft.typeName('demo');
  draft.search('tiny');
  expect(draft.name).toBe('demo');
});

test('the request names whole images, so that the agent selects nothing else', () => {
  const { draft } = newDraft();
  draft.search('tiny');
  draft.groups[0]?.change({ copies: 2, memoryMiB: 256 });
  draft.setLifetime({ kind: 'until', end: new Date(5_000_000) });
  expect(draft.toRequest(2_000_000)).toEqual({
    name: 'tiny-2',
    groups: [{ osPrefix: 'qemu:tiny-1:default', copies: 2, cpuCount: 1, memoryMiB: 256 }],
    lifetimeS: 3000,
  });
});

test('what-if says by how much it does not fit', () => {
  const { stores, draft } = newDraft();
  const host = stores.hosts.first;
  if (!host) throw new Error('no host');
  draft.search('tiny');
  expect(draft.whatIf(host)).toMatchObject({ fits: true, memory: { wanted: 128, over: 0 } });
  draft.groups[0]?.change({ memoryMiB: host.memory.totalMiB });
  expect(draft.whatIf(host)).toMatchObject({ fits: false, memory: { over: host.memory.usedMiB } });
});

test('until 18:00 is offered only while an ENV may live that long', () => {
  const at = (hours: number, minutes: number) => sixOClock(new Date(2026, 10, 21, hours, minutes));
  expect([at(11, 0), at(17, 50), at(19, 0)]).toEqual([null, null, null]);
  expect(at(14, 0)?.getHours()).toBe(18);
});

test('memory is what is typed, with or without a unit, and nothing is made of what means nothing', () => {
  const { stores, draft } = newDraft();
  draft.search('tiny');
  const group = draft.groups[0];
  if (!group) throw new Error('nothing is chosen');
  const typed = (text: string) => {
    group.typeMemory(text);
    return [group.memoryMiB, group.memoryProblem, whyNotAdd(stores, draft)];
  };
  expect(typed('1024')).toEqual([1024, null, null]);
  expect(typed('1 GiB')).toEqual([1024, null, null]);
  expect(typed('much')).toEqual([1024, 'none', 'mistake']);
  expect(typed('1')[1]).toBe('tooSmall');
  expect(typed('1048577')[1]).toBe('tooLarge');
  group.change({ memoryMiB: 256 });
  expect([group.memoryText, group.memoryProblem]).toEqual(['256', null]);
});

test('disk and bandwidth take units as memory does, and are left to the image and the host when they are empty', () => {
  const { stores, draft } = newDraft();
  draft.search('tiny');
  const group = draft.groups[0];
  if (!group) throw new Error('nothing is chosen');
  group.typeDisk('2 GiB');
  group.typeBandwidth('1 Gbit/s');
  expect(group.toRequest()).toMatchObject({ diskMiB: 2048, nics: [{ bandwidthMbps: 1000 }] });
  for (const [disk, bandwidth, problems] of [
    ['much', 'fast', ['none', 'none']],
    ['0', '0', ['tooSmall', 'tooSmall']],
    ['99999 TiB', '999 Gbit/s', ['tooLarge', 'tooLarge']],
  ] as const) {
    group.typeDisk(disk);
    group.typeBandwidth(bandwidth);
    expect([group.diskProblem, group.bandwidthProblem]).toEqual(problems);
    expect(whyNotAdd(stores, draft)).toBe('mistake');
  }
  group.typeDisk(' ');
  group.typeBandwidth('');
  expect(whyNotAdd(stores, draft)).toBeNull();
  expect(group.toRequest()).not.toHaveProperty('diskMiB');
  expect(group.toRequest()).not.toHaveProperty('nics');
  group.change({ diskMiB: 512, bandwidthMbps: 20 });
  expect([group.diskText, group.bandwidthText]).toEqual(['512', '20']);
});

test('what does not fit, or has a name that is taken, can’t be created', () => {
  const { stores, draft } = newDraft();
  expect(whyNotCreate(stores, draft)).toBe('incomplete');
  draft.search('tiny');
  expect(whyNotCreate(stores, draft)).toBeNull();
  draft.groups[0]?.change({ memoryMiB: stores.hosts.first?.memory.totalMiB ?? 0 });
  expect(whyNotCreate(stores, draft)).toBe('overCapacity');
  draft.groups[0]?.change({ memoryMiB: 128 });
  draft.typeName('tiny');
  expect([nameProblem(stores.envs, 'tiny'), whyNotCreate(stores, draft)]).toEqual(['taken', 'mistake']);
  draft.typeName('-odd-');
  expect([nameProblem(stores.envs, '-odd-'), whyNotCreate(stores, draft)]).toEqual(['invalid', 'mistake']);
});

test('a draft was touched once something is chosen or typed', () => {
  const { draft } = newDraft();
  expect(draft.isTouched).toBe(false);
  draft.typeName('demo');
  expect(draft.isTouched).toBe(true);
});

test('an end that is typed is the end that is asked for, or keeps the ENV from being created', () => {
  const { stores, draft } = newDraft();
  draft.search('tiny');
  draft.typeEnd('90m');
  expect([whyNotCreate(stores, draft), draft.toRequest(5_000_000).lifetimeS]).toEqual([null, 5_400]);
  draft.typeEnd('never');
  expect([endProblem(stores, draft), whyNotCreate(stores, draft)]).toEqual(['none', 'mistake']);
  draft.typeEnd('9d');
  expect([endProblem(stores, draft), whyNotCreate(stores, draft)]).toEqual(['tooLate', 'mistake']);
  draft.setLifetime({ kind: 'seconds', seconds: 600 });
  expect([draft.endText, whyNotCreate(stores, draft)]).toEqual([null, null]);
});
