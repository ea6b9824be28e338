// What both ways into a guest must do for files. The guest is this machine: whatever runs there is Linux.
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { all, outcome } from './command-channel.contract.ts';
import type { FileChannel } from './file-command.ts';
import type { PutRequest } from './file-requests.ts';
import { getFile, makeFolders, putFile } from './guest-files.ts';
import { listFiles } from './list-files.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Overwrites nothing, unless it says so. */
export function putOf(content: Buffer, request: Pick<PutRequest, 'path'> & Partial<PutRequest>): PutRequest {
  return {
    size: content.length,
    sha256: sha256(content),
    mode: 0o640,
    overwrites: false,
    content: async function* (offset) {
      yield content.subarray(offset);
    },
    ...request,
  };
}

/** `open` gives a channel that its caller ends; `folderOf`: of this machine, for the test alone. */
export function testGuestFiles(name: string, open: () => Promise<FileChannel>, folderOf: () => string): void {
  describe(`files by ${name}`, () => {
    let folder: string;
    beforeEach(async () => {
      // Other users may look into it.
      await chmod(folderOf(), 0o755);
      folder = await mkdtemp(path.join(folderOf(), 'files-'));
    });

    const put = (content: Buffer, request: Partial<PutRequest>) =>
      putOf(content, { path: path.join(folder, 'file'), ...request });
    const leftovers = async () => (await readdir(folder)).filter((name) => name.startsWith('.tt-'));

    it('go in whole, with mode and owner, and come out again', async () => {
      const channel = await open();
      const content = randomBytes(1_500_000);
      const target = path.join(folder, 'in and out');
      const seen: number[] = [];
      await putFile(
        channel,
        put(content, { path: target, owner: { user: 'daemon', group: 'adm' }, onProgress: (done) => seen.push(done) }),
      );
      const { mode, uid, gid } = await stat(target);
      expect([mode & 0o7777, uid, gid]).toEqual([0o640, 1, 4]);
      expect(seen.at(-1)).toBe(content.length);
      const got = await getFile(channel, { path: target, offset: 1_000_000 }, async (file) => {
        expect(file).toMatchObject({ size: content.length, mode: 0o640 });
        const bytes = await all(file.content);
        expect(await file.sha256).toBe(sha256(content));
        return bytes;
      });
      expect(got.equals(content.subarray(1_000_000))).toBe(true);
    });

    it('are continued where an earlier attempt ended', async () => {
      const channel = await open();
      const content = randomBytes(900_000);
      const target = path.join(folder, 'resumed');
      const half = put(content, {
        path: target,
        content: async function* () {
          yield content.subarray(0, 500_000);
        },
      });
      await expect(putFile(channel, half)).rejects.toMatchObject({ errno: 125 });
      const offsets: number[] = [];
      const rest = put(content, { path: target });
      await putFile(channel, {
        ...rest,
        content: (offset) => {
          offsets.push(offset);
          return rest.content(offset);
        },
      });
      expect(offsets).toEqual([500_000]);
      expect((await readFile(target)).equals(content)).toBe(true);
      expect(await leftovers()).toEqual([]);
    });

    it('are refused, with nothing left, when they exist, are folders, or are not what they should be', async () => {
      const channel = await open();
      const target = path.join(folder, 'there');
      await writeFile(target, 'old');
      const content = Buffer.from('new');
      await expect(putFile(channel, put(content, { path: target }))).rejects.toMatchObject({ errno: 17 });
      await expect(putFile(channel, put(content, { path: folder }))).rejects.toMatchObject({ errno: 21 });
      await expect(putFile(channel, put(content, { path: '/no/such/folder' }))).rejects.toMatchObject({ errno: 2 });
      const wrong = put(content, { path: target, overwrites: true, sha256: sha256(Buffer.from('other')) });
      await expect(putFile(channel, wrong)).rejects.toMatchObject({ errno: 74 });
      expect(await readFile(target, 'utf8')).toBe('old');
      expect(await leftovers()).toEqual([]);
      await putFile(channel, put(content, { path: target, overwrites: true }));
      expect(await readFile(target, 'utf8')).toBe('new');
    });

    it('are only got if they are plain files', async () => {
      const channel = await open();
      const get = (file: string) => getFile(channel, { path: file }, async ({ content }) => all(content));
      await expect(get('/no/such')).rejects.toMatchObject({ errno: 2 });
      await expect(get('/usr')).rejects.toMatchObject({ errno: 21 });
      await expect(get('/dev/zero')).rejects.toMatchObject({ errno: 22 });
    });

    it('get their folders, which never lead elsewhere', async () => {
      const channel = await open();
      const base = path.join(folder, 'made', 'here');
      // By the guest agent each is two programs more.
      const count = channel.via === 'helper' ? 3000 : 100;
      const names = ['a/b/c', 'a/ü x', ...Array.from({ length: count }, (_, index) => `many/folder number ${index}`)];
      await makeFolders(channel, { base, names, mode: 0o750, owner: { user: 'daemon', group: null } });
      const { mode, uid } = await stat(path.join(base, 'a/b/c'));
      expect([mode & 0o7777, uid]).toEqual([0o750, 1]);
      expect((await readdir(path.join(base, 'many'))).length).toBe(count);
      await symlink('/tmp', path.join(base, 'a', 'out'));
      const refused = (name: string) => makeFolders(channel, { base, names: [name], mode: 0o755 });
      await expect(refused('a/out/x')).rejects.toMatchObject({ errno: 20 });
      await expect(refused('../x')).rejects.toMatchObject({ errno: 22 });
      await writeFile(path.join(base, 'plain'), '');
      await expect(refused('plain/x')).rejects.toMatchObject({ errno: 20 });
      const far = path.join(base, 'a', 'out', `tt-${process.pid}`);
      await makeFolders(channel, { base: far, names: [], mode: 0o755 });
      expect(await readdir(far)).toEqual([]);
      await rm(far, { recursive: true });
    });

    it('that a pattern matches are what their links lead to, those below a folder are not', async () => {
      const channel = await open();
      const base = path.join(folder, 'links');
      await makeFolders(channel, { base, names: ['inner'], mode: 0o755 });
      await writeFile(path.join(base, 'plain'), 'four');
      await symlink('plain', path.join(base, 'link'));
      await symlink('nowhere', path.join(base, 'dangling'));
      const kinds = async (what: 'glob' | 'tree', file: string) =>
        (await listFiles(channel, what, file)).map((entry) => `${entry.kind} ${path.basename(entry.path)}`).sort();
      expect(await listFiles(channel, 'glob', path.join(base, 'link'))).toMatchObject([{ kind: 'file', size: 4 }]);
      expect(await kinds('glob', path.join(base, '*'))).toEqual([
        'file link',
        'file plain',
        'folder inner',
        'link dangling',
      ]);
      expect(await kinds('tree', base)).toEqual(['file plain', 'folder inner', 'link dangling', 'link link']);
    });

    it('are those of the user who reads or writes them, and are listed with their owner', async () => {
      const channel = await open();
      await chmod(folder, 0o777);
      const content = randomBytes(100_000);
      const own = path.join(folder, 'own');
      await putFile(channel, put(content, { path: own, user: 'daemon' }));
      expect((await stat(own)).uid).toBe(1);
      const secret = path.join(folder, 'secret');
      await writeFile(secret, 'x', { mode: 0o600 });
      const read = (user: string) => getFile(channel, { path: secret, user }, async (file) => all(file.content));
      expect((await read('root')).toString()).toBe('x');
      await expect(read('daemon')).rejects.toMatchObject({ errno: 13 });
      const refused = put(content, {
        path: secret,
        overwrites: true,
        owner: { user: 'root', group: null },
        user: 'daemon',
      });
      await expect(putFile(channel, refused)).rejects.toMatchObject({ errno: 1 });
      expect(await readFile(secret, 'utf8')).toBe('x');
      const unknown = put(content, {
        path: path.join(folder, 'none'),
        owner: { user: 'nobody-of-that-name', group: null },
      });
      await expect(putFile(channel, unknown)).rejects.toMatchObject({ errno: 2 });
      expect(await leftovers()).toEqual([]);
      const listed = await listFiles(channel, 'folder', folder);
      const owners = listed.map(({ path: file, owner, mode }) => [path.basename(file), owner, mode]);
      expect(owners).toEqual(
        expect.arrayContaining([
          ['own', 'daemon', 0o640],
          ['secret', 'root', 0o600],
        ]),
      );
    });

    it('never go through a link that stands where the part of a file should', async () => {
      const channel = await open();
      const content = randomBytes(200_000);
      const target = path.join(folder, 'led');
      const elsewhere = path.join(folder, 'elsewhere');
      await writeFile(elsewhere, 'as it was');
      await symlink(elsewhere, path.join(folder, `.tt-${sha256(content).slice(0, 16)}.part`));
      await expect(putFile(channel, put(content, { path: target }))).rejects.toMatchObject({
        code: 'GUEST_REFUSED_COMMAND',
      });
      expect(await readFile(elsewhere, 'utf8')).toBe('as it was');
      expect(await readdir(folder)).not.toContain('led');
      await rm(path.join(folder, `.tt-${sha256(content).slice(0, 16)}.part`));
      // A link under its name is replaced, and what it leads to stays.
      await symlink(elsewhere, target);
      await expect(putFile(channel, put(content, { path: target }))).rejects.toMatchObject({ errno: 17 });
      await putFile(channel, put(content, { path: target, overwrites: true }));
      expect(await readFile(elsewhere, 'utf8')).toBe('as it was');
      expect((await readFile(target)).equals(content)).toBe(true);
    });

    it('have names of any kind', async () => {
      const channel = await open();
      const base = path.join(folder, 'names');
      const names = ['-rf', ' ', "it's", '$(id)', 'a\nb', '\\', '*', 'ü', 'x'.repeat(200)];
      await makeFolders(channel, { base, names: [], mode: 0o755 });
      for (const one of names) {
        const target = path.join(base, one);
        await putFile(channel, put(Buffer.from(one), { path: target }));
        expect((await getFile(channel, { path: target }, async ({ content }) => all(content))).toString()).toBe(one);
      }
      const listed = await listFiles(channel, 'folder', base);
      expect(listed.map((entry) => entry.path).sort()).toEqual(names.map((one) => path.join(base, one)).sort());
      const escaped = await listFiles(channel, 'glob', path.join(base, '\\*'));
      expect(escaped.map((entry) => entry.path)).toEqual([path.join(base, '*')]);
    });

    it('are listed by folder and by pattern', async () => {
      const channel = await open();
      await writeFile(path.join(folder, 'a.log'), 'x');
      await writeFile(path.join(folder, 'b\n.log'), 'yy');
      const logs = await listFiles(channel, 'glob', path.join(folder, '*.log'));
      const found = logs.map(({ kind, size, path: file }) => `${kind} ${size} ${path.basename(file)}`);
      expect(found.sort()).toEqual(['file 1 a.log', 'file 2 b\n.log']);
      expect(await listFiles(channel, 'glob', path.join(folder, '*.none'))).toEqual([]);
      expect((await listFiles(channel, 'folder', folder)).length).toBe(2);
      await expect(listFiles(channel, 'folder', '/no/such')).rejects.toMatchObject({ errno: 2 });
    });

    it('that are given up in the middle stop the guest from sending', async () => {
      const channel = await open();
      const target = path.join(folder, 'long');
      await writeFile(target, randomBytes(5_000_000));
      const controller = new AbortController();
      const got = getFile(channel, { path: target, signal: controller.signal }, async ({ content }) => {
        await new Promise((resolve) => content.once('data', resolve));
        controller.abort(new Error('enough'));
        return all(content);
      });
      await expect(got).rejects.toThrow('enough');
      expect(await outcome(channel.exec({ argv: ['echo', 'still here'], stdin: 'none' }))).toMatchObject({
        exitCode: 0,
      });
    });
  });
}
