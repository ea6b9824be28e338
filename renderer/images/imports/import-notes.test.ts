// Notes of imports: kept for the next window, for some time, and never more than the agent would know.
import { expect, test } from 'vitest';
import { ImportNotes } from './import-notes.ts';

function placeWith(text: string | null = null) {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_key: string, value: string) => {
      kept = value;
    },
  };
}

const note = (transferId: string) => ({
  transferId,
  fileName: 'disk.qcow2',
  sizeBytes: 10,
  request: { name: 'qemu:disk:default' },
});

test('the next window finds what this one has noted, until it is done with or old', () => {
  let now = 1_000_000;
  const place = placeWith();
  const notes = new ImportNotes(place, () => now);
  const [one, other] = [crypto.randomUUID(), crypto.randomUUID()];
  notes.put(note(one));
  notes.put(note(other));
  notes.put({ ...note(one), sizeBytes: 11 });
  const next = new ImportNotes(place, () => now);
  expect(next.all().map(({ transferId, sizeBytes }) => [transferId, sizeBytes])).toEqual([
    [other, 10],
    [one, 11],
  ]);
  next.remove(other);
  expect(notes.all().length).toBe(1);
  now += 49 * 60 * 60 * 1000;
  expect(notes.all()).toEqual([]);
});

test('there are at most as many as transfers of one user', () => {
  const notes = new ImportNotes(placeWith());
  for (let number = 0; number < 40; number++) notes.put(note(crypto.randomUUID()));
  expect(notes.all().length).toBe(32);
});

test.each([null, '', '{', '{}', '[{"transferId":"x"}]', '[null]'])('%j counts as nothing', (text) => {
  expect(new ImportNotes(placeWith(text)).all()).toEqual([]);
  expect(new ImportNotes(null).all()).toEqual([]);
});
