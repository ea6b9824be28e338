// What a confined program can still do.
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whileLent } from './lend-file.ts';
import { confinement, type ConfinedOptions, confiningArguments, runConfined } from './run-confined.ts';

const MIB = 1024 * 1024;
const isRoot = process.geteuid?.() === 0;
/** Nobody's on a usual host. */
const user = isRoot ? { uid: 2_001_000_779, gid: 2_001_000_779 } : null;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-confined-'));
});
afterEach(() => rm(folder, { recursive: true }));

const run = async (command: string, args: string[], options: Partial<ConfinedOptions> = {}) =>
  (await runConfined(command, args, { user, fileBytes: null, timeoutMs: 20_000, ...options })).stdout;

it('takes from root, and from an ordinary user, all that the host lets it take', () => {
  const limits = { fileBytes: 10, cpuSeconds: 5 };
  const who = { uid: 7, gid: 8 };
  const all = { network: true, privileges: true };
  const line = (...[what, as, root]: [typeof all, typeof user, boolean]) =>
    confiningArguments(what, as, limits, root).join(' ');
  expect(line(all, who, true)).toBe(
    'prlimit --as=2147483648 --cpu=5 --core=0 --fsize=10 -- unshare --net --ipc -- ' +
      'setpriv --reuid=7 --regid=8 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all --',
  );
  expect(line(all, null, false)).toBe(
    'prlimit --as=2147483648 --cpu=5 --core=0 --fsize=10 -- unshare --user --map-current-user --net --ipc -- ' +
      'setpriv --no-new-privs --',
  );
  expect(line({ network: false, privileges: false }, null, false)).toBe(
    'prlimit --as=2147483648 --cpu=5 --core=0 --fsize=10 --',
  );
});

describe('a program behind it', () => {
  it('has no right of the agent, no network and nothing of its environment', async () => {
    process.env['TT_TEST_SECRET'] = 'secret';
    const status = await run('cat', ['/proc/self/status']);
    delete process.env['TT_TEST_SECRET'];
    const field = (name: string) => new RegExp(`^${name}:\\t(.*)$`, 'm').exec(status)?.[1]?.split('\t');
    const { network, privileges } = await confinement();
    if (user) expect([field('Uid'), field('Gid'), field('Groups')]).toEqual([four(user.uid), four(user.gid), [' ']]);
    if (privileges) expect([field('NoNewPrivs'), field('CapEff')]).toEqual([['1'], ['0000000000000000']]);
    if (privileges && isRoot) expect(field('CapBnd')).toEqual(['0000000000000000']);
    const interfaces = (await run('cat', ['/proc/self/net/dev'])).split('\n').filter((line) => line.includes(':'));
    if (network) expect(interfaces.map((line) => line.trim().split(':')[0])).toEqual(['lo']);
    expect(await run('cat', ['/proc/self/environ'])).not.toContain('secret');
  });

  it('has its limits of memory, time and file size', async () => {
    const limits = await run('cat', ['/proc/self/limits'], { fileBytes: MIB });
    const soft = (name: string) => new RegExp(`^${name} +(\\S+)`, 'm').exec(limits)?.[1];
    expect(['Max address space', 'Max cpu time', 'Max file size', 'Max core file size'].map(soft)).toEqual([
      '2147483648',
      '20',
      String(MIB),
      '0',
    ]);
    await using output = await open(path.join(folder, 'large'), 'wx');
    const large = run('dd', ['if=/dev/zero', 'bs=64K', 'count=32'], { fileBytes: MIB, stdoutFd: output.fd });
    await expect(large).rejects.toMatchObject({ command: 'dd', signal: 'SIGXFSZ' });
    expect((await output.stat()).size).toBeLessThanOrEqual(MIB);
  });

  it('reads the one file that is lent to it, and no other of the agent', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, 'text', { mode: 0o600 });
    await using handle = await open(file);
    const read = () => run('cat', ['/proc/self/fd/3'], { files: [handle.fd] });
    if (user) await expect(read()).rejects.toMatchObject({ exitCode: 1 });
    await whileLent(handle, user, 'read', async () => {
      expect(await read()).toBe('text');
      if (user) await expect(run('truncate', ['-s0', '/proc/self/fd/3'], { files: [handle.fd] })).rejects.toThrow();
      if (user) await expect(run('cat', [file])).rejects.toMatchObject({ exitCode: 1 });
    });
    const { mode, gid } = await stat(file);
    expect([mode & 0o777, gid]).toEqual([0o600, process.getegid?.()]);
  });

  it('that is not installed is told so', async () => {
    await expect(run('not-a-program', [])).rejects.toMatchObject({ command: 'not-a-program', notFound: true });
  });
});

function four(id: number): string[] {
  return Array.from({ length: 4 }, () => String(id));
}
