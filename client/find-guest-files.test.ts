// What a guest may list before its files are got.
import type { GuestEntryView, TtClient } from '@tt/protocol';
import { expect, it } from 'vitest';
import { findGuestFiles } from './find-guest-files.ts';

it('is no more than fits into memory, in however many lists it comes', async () => {
  const entry = (kind: GuestEntryView['kind'], path: string): GuestEntryView => {
    return { kind, path, sizeBytes: 1, mode: 0o644, modifiedAt: '2026-11-21T10:00:00.000Z' };
  };
  const folders = Array.from({ length: 100 }, (_, index) => entry('folder', `/srv/${index}`));
  const below = Array.from({ length: 10_000 }, () => entry('file', '/srv/0/a'));
  let lists = 0;
  const list = async ({ what }: { what?: string }) => {
    lists++;
    return { entries: what === 'pattern' ? folders : below };
  };
  const client = { guestFile: { list } } as unknown as Pick<TtClient, 'guestFile'>;
  const request = { vm: { id: 'a', name: 'demo/a' }, more: {} };
  await expect(findGuestFiles(client, ['/srv/*'], request)).rejects.toMatchObject({
    code: 'GUEST_FILES_TOO_MANY',
    data: { path: '/srv/19', most: 200_000 },
  });
  expect(lists).toBe(21);
});
