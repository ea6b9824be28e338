// What was dropped or chosen, as it is sent.
import type { DirectoryDropItem, FileDropItem } from 'react-aria-components';
import { expect, it } from 'vitest';
import { joined, LocalTreeProblem, MOST_LOCAL_FILES, sizeOf, treeOfItems, treeOfList } from './local-tree.ts';

const fileOf = (name: string, text = '') => new File([text], name);
const fileItem = (name: string, text = ''): FileDropItem => ({
  kind: 'file',
  type: 'text/plain',
  name,
  getFile: async () => fileOf(name, text),
  getText: async () => text,
});
const folderItem = (name: string, ...entries: (FileDropItem | DirectoryDropItem)[]): DirectoryDropItem => ({
  kind: 'directory',
  name,
  async *getEntries() {
    yield* entries;
  },
});
/** As the chooser for folders gives it. */
function chosen(relative: string): File {
  const file = fileOf(relative.slice(relative.lastIndexOf('/') + 1));
  Object.defineProperty(file, 'webkitRelativePath', { value: relative });
  return file;
}

it('has folders with all that is below, also empty ones', async () => {
  const tree = await treeOfItems([
    fileItem('a', 'abc'),
    folderItem('site', folderItem('empty'), folderItem('deep', fileItem('b', 'de'))),
    { kind: 'text', types: new Set(['text/plain']), getText: async () => 'text' },
  ]);
  expect(tree.files.map(({ inner }) => inner)).toEqual(['a', 'site/deep/b']);
  expect(tree.folders).toEqual(['site', 'site/empty', 'site/deep']);
  expect(sizeOf(tree)).toBe(5);
});

it('has the paths of a chosen folder', () => {
  const tree = treeOfList([chosen('site/a'), chosen('site/b'), chosen('site/deep/c')]);
  expect(tree.files.map(({ inner }) => inner)).toEqual(['site/a', 'site/b', 'site/deep/c']);
  expect(tree.folders).toEqual(['site', 'site/deep']);
  expect(treeOfList([fileOf('a')]).files.map(({ inner }) => inner)).toEqual(['a']);
});

it('what comes later replaces what is called the same', () => {
  const before = treeOfList([chosen('site/a'), chosen('site/b'), fileOf('x', 'old')]);
  const tree = joined(before, treeOfList([chosen('site/c'), fileOf('x', 'newer')]));
  expect(tree.files.map(({ inner, file }) => [inner, file.size])).toEqual([
    ['site/c', 0],
    ['x', 5],
  ]);
  expect(tree.folders).toEqual(['site']);
});

it('says what can’t be read, and when there is too much', async () => {
  const gone: FileDropItem = {
    ...fileItem('gone'),
    getFile: () => Promise.reject(new DOMException('', 'NotFoundError')),
  };
  await expect(treeOfItems([folderItem('site', gone)])).rejects.toMatchObject({ why: 'unreadable', file: 'site/gone' });
  await expect(treeOfItems([fileItem('..')])).rejects.toMatchObject({ why: 'unreadable' });
  const many = Array.from({ length: MOST_LOCAL_FILES + 1 }, (_, index) => ({ name: String(index) }) as File);
  expect(() => treeOfList(many)).toThrow(LocalTreeProblem);
  expect(treeOfList(many.slice(1)).files.length).toBe(MOST_LOCAL_FILES);
});
