// What the filters of the Images page leave, and how its columns are sorted.
import type { Image } from '@tt/protocol';
import { expect, test } from 'vitest';
import { ANY_SYSTEM, families, imageKind, type ImageFilter, shownImages, sortImages } from './image-list.ts';

function image(name: string, about: Partial<Image> = {}): Image {
  const [engine = '', os = '', variant = ''] = name.split(':');
  return {
    name,
    kind: variant === 'iso' ? 'iso' : 'disk',
    engine,
    os,
    variant,
    state: 'ready',
    problem: null,
    memo: '',
    sizeBytes: 0,
    features: [],
    defaultLogin: null,
    firmware: 'bios',
    owner: null,
    recipe: null,
    minMemoryMiB: 0,
    minDiskMiB: 0,
    builtFrom: [],
    warm: null,
    ...about,
  };
}

const recipe = { notRun: true, instructions: null };
const tiny = image('qemu:tiny-2:default', { recipe: { notRun: false, instructions: null }, sizeBytes: 5 });
const ubuntu = image('qemu:Ubuntu-24.04:web', {
  owner: 'mei',
  memo: 'Our web server',
  memos: { 'zh-CN': '我们的网站' },
  sizeBytes: 9,
});
const alpine = image('qemu:alpine-3.20:default', { state: 'absent', recipe });
const broken = image('qemu:ubuntu-22.04:default', { state: 'failed', owner: 'jo', sizeBytes: 1 });
const medium = image('qemu:net-12:iso', { owner: 'mei' });
const all = [tiny, ubuntu, alpine, broken, medium];

const everything: ImageFilter = { query: '', isPrefixed: () => false, chip: 'all', family: ANY_SYSTEM, me: 'mei' };
const names = (filter: Partial<ImageFilter>) => shownImages(all, { ...everything, ...filter }).map(({ os }) => os);

test.each([
  [{}, ['tiny-2', 'Ubuntu-24.04', 'alpine-3.20', 'ubuntu-22.04', 'net-12']],
  [{ chip: 'disks' }, ['tiny-2', 'Ubuntu-24.04', 'ubuntu-22.04']],
  [{ chip: 'media' }, ['net-12']],
  [{ chip: 'recipes' }, ['tiny-2', 'alpine-3.20']],
  [{ chip: 'failed' }, ['ubuntu-22.04']],
  [{ chip: 'mine' }, ['Ubuntu-24.04', 'net-12']],
  [{ chip: 'mine', me: null }, []],
  [{ family: 'ubuntu' }, ['Ubuntu-24.04', 'ubuntu-22.04']],
  [{ family: 'ubuntu', chip: 'mine' }, ['Ubuntu-24.04']],
  [{ query: 'web OUR' }, ['Ubuntu-24.04']],
  [{ query: 'mei' }, ['Ubuntu-24.04', 'net-12']],
  [{ query: '网站' }, ['Ubuntu-24.04']],
  [{ query: 'nothing' }, []],
  [{ query: 'ubuntu2204', isPrefixed: (one: Image) => one === broken }, ['ubuntu-22.04']],
] satisfies [Partial<ImageFilter>, string[]][])('%j leaves %j', (filter, left) => {
  expect(names(filter)).toEqual(left);
});

test('there are the systems that there are images of, each once', () => {
  expect(families(all)).toEqual(['alpine', 'net', 'tiny', 'ubuntu']);
  expect(all.map(imageKind)).toEqual(['disk', 'disk', 'recipe', 'disk', 'iso']);
});

test('columns sort both ways; what is alike stays in the order of names', () => {
  const sorted = (column: 'size' | 'owner' | 'name', descending = false) =>
    sortImages(all, { column, descending }).map(({ os }) => os);
  expect(sorted('size', true)).toEqual(['Ubuntu-24.04', 'tiny-2', 'ubuntu-22.04', 'alpine-3.20', 'net-12']);
  expect(sorted('owner')).toEqual(['alpine-3.20', 'tiny-2', 'ubuntu-22.04', 'net-12', 'Ubuntu-24.04']);
  expect(sorted('name').at(0)).toBe('alpine-3.20');
});
