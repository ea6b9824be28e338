// What the agent says of images on its own is known again by what they were built from, and said in Chinese too; words of people stay theirs.
import { describe, expect, it } from 'vitest';
import { type ImageSource, madeMemo, madeMemos, publishedFrom } from './made-memo.ts';

describe.each<[ImageSource, string, string]>([
  [{ kind: 'import', from: 'disk.raw', title: null }, 'From disk.raw', '来自 disk.raw'],
  [
    { kind: 'import', from: 'My disk at home.raw', title: null },
    'From My disk at home.raw',
    '来自 My disk at home.raw',
  ],
  [{ kind: 'import', from: 'shop.ova', title: 'Shop, v2' }, 'Shop, v2, from shop.ova', 'Shop, v2，来自 shop.ova'],
  [{ kind: 'publish', vmName: 'demo-1', snapshotName: null }, 'Published from demo-1.', '由 demo-1 发布'],
  [
    { kind: 'publish', vmName: 'demo-1', snapshotName: 'clean' },
    'Published from demo-1 at clean.',
    '由 demo-1 的快照 clean 发布',
  ],
])('%j', (source, english, chinese) => {
  it('is said in both languages', () => {
    const builtFrom = [source.kind === 'publish' ? publishedFrom(source) : source.from];
    expect(madeMemo(source)).toBe(english);
    expect(madeMemos({ memo: english, builtFrom })).toEqual({ 'zh-CN': chinese });
    // As people wrote it, of another file, or where nothing is known.
    for (const other of [
      { memo: 'Ours', builtFrom },
      { memo: english, builtFrom: ['x'] },
      { memo: english, builtFrom: [] },
    ])
      expect(madeMemos(other)).toBeUndefined();
  });
});
