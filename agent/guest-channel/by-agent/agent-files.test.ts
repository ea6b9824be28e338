// Files by the guest agent alone, with the real script on this machine; all that they do is in agent-files-contract.test.ts.
import { createHash, randomBytes } from 'node:crypto';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { all } from '../command-channel.contract.ts';
import type { PutRequest } from '../file-requests.ts';
import { putOf } from '../guest-files.contract.ts';
import { getFile, putFile } from '../guest-files.ts';
import { listFiles } from '../list-files.ts';
import { TestHost } from './test-host.ts';

let host: TestHost;
beforeEach(async () => {
  host = await TestHost.make();
});
afterEach(async () => {
  expect(await host.remove()).toEqual([]);
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const inside = (name: string) => path.join(host.folder, name);
const put = (content: Buffer, more: Partial<PutRequest> = {}) => putOf(content, { path: inside('file'), ...more });

describe('by the guest agent', () => {
  it('a file goes in steps, is there whole or not at all, and comes back from where it is wanted', async () => {
    const channel = await host.open();
    const content = randomBytes(1_200_000);
    const seen: number[] = [];
    await putFile(channel, put(content, { onProgress: (done) => seen.push(done) }));
    expect(seen).toEqual([0, 1024 * 1024, 1_200_000]);
    expect((await stat(inside('file'))).mode & 0o7777).toBe(0o640);
    const got = await getFile(channel, { path: inside('file'), offset: 1_100_000 }, async (file) => {
      const bytes = await all(file.content);
      return { bytes, size: file.size, mode: file.mode, sha256: await file.sha256 };
    });
    expect(got).toEqual({
      bytes: content.subarray(1_100_000),
      size: 1_200_000,
      mode: 0o640,
      sha256: sha256(content),
    });
    await expect(putFile(channel, put(Buffer.from('other')))).rejects.toMatchObject({ errno: 17 });
    expect((await readFile(inside('file'))).equals(content)).toBe(true);
    const listed = await listFiles(channel, 'glob', inside('fil*'));
    expect(listed).toMatchObject([{ kind: 'file', size: 1_200_000, mode: 0o640, owner: 'root', path: inside('file') }]);
  });

  it('a put that breaks off goes on where it stopped, over the next connection', async () => {
    const channel = await host.open();
    const content = randomBytes(2_500_000);
    const request = put(content, { onProgress: (done) => done > 0 && channel.close() });
    await expect(putFile(channel, request)).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
    expect(await readdir(host.folder)).not.toContain('file');
    const offsets: number[] = [];
    await putFile(await host.open(), put(content, { onProgress: (done) => offsets.push(done) }));
    expect(offsets[0]).toBe(1024 * 1024);
    expect((await readFile(inside('file'))).equals(content)).toBe(true);
  });

  it('what the user who reads may not read is refused', async () => {
    const channel = await host.open();
    await chmod(host.folder, 0o755);
    await writeFile(inside('secret'), 'x', { mode: 0o600 });
    const read = getFile(channel, { path: inside('secret'), user: 'daemon' }, async (file) => all(file.content));
    await expect(read).rejects.toMatchObject({ errno: 13 });
  });
});
