// A path that cannot be a state folder is refused with a code that says why; otherwise it is created, with its parents, and made
// private.
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../../agent/host/run-command.ts';
import { makeStateFolder } from './state-folder.ts';

const isRoot = process.geteuid?.() === 0;
let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'tt-folder-'));
});
afterEach(() => rm(parent, { recursive: true }));

it('is made with all above it, closed, and closed again when it was opened', async () => {
  const folder = path.join(parent, 'a/b');
  for (const mode of [0o755, 0o777]) {
    await makeStateFolder(folder);
    expect((await stat(folder)).mode & 0o777).toBe(isRoot ? 0o711 : 0o700);
    await chmod(folder, mode);
  }
});

it('is refused when it is a file, is below one, or has too long a name', async () => {
  await writeFile(path.join(parent, 'file'), '');
  for (const [name, code] of [
    ['file', 'isFile'],
    ['file/below', 'notFolder'],
    ['x'.repeat(256), 'pathTooLong'],
  ] as const) {
    const folder = path.join(parent, name);
    await expect(makeStateFolder(folder)).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      data: { folder, reason: { code } },
    });
  }
});

it('is refused when it belongs to somebody else, also to root', async () => {
  // Without root nothing can be given away, but what root has is not ours.
  const folder = isRoot ? parent : '/usr';
  if (isRoot) await chown(folder, 12_345, 12_345);
  await expect(makeStateFolder(folder)).rejects.toMatchObject({
    code: 'STATE_UNUSABLE',
    data: { reason: { code: 'otherOwner', data: { uid: isRoot ? 12_345 : 0 } } },
  });
});

it('is refused on a read-only file system, whether it is there or not', async () => {
  // A mount of its own namespace: nothing is left when the program ends.
  const script = `
    const { makeStateFolder } = await import(${JSON.stringify(path.join(import.meta.dirname, 'state-folder.ts'))});
    for (const name of ['', '/a/b']) await makeStateFolder(process.argv[1] + name).catch((error) => console.log(error.data.reason.code));`;
  const shell = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2" --input-type=module -e "$3" "$1"';
  const namespace = isRoot ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  const { stdout } = await runCommand(
    'unshare',
    [...namespace, 'sh', '-c', shell, 'sh', parent, process.execPath, script],
    { timeoutMs: 30_000 },
  );
  expect(stdout).toBe('readOnly\nreadOnly\n');
});
