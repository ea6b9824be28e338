// Starting programs: without a shell, with limits on time and output, and no process left behind.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../testing/until.ts';
import { identifyProcess } from './process-identity.ts';
import { RunError, runCommand, spawnProcess } from './run-command.ts';

const node = process.execPath;
const failureOf = (run: Promise<unknown>): Promise<RunError> =>
  run.then(
    () => Promise.reject(new Error('it should have failed')),
    (error: unknown) => (error instanceof RunError ? error : Promise.reject(error)),
  );
/** A zombie nobody has looked after yet counts as gone. */
const isGone = async (pid: number) => (await identifyProcess(pid)) === null;

describe('a command', () => {
  it('gets its arguments as they are: no shell looks at them', async () => {
    const args = ['$HOME', '`id`', '; rm -rf /', "it's", '*', ''];
    const { stdout } = await runCommand(node, ['-p', 'JSON.stringify(process.argv.slice(1))', ...args], {
      timeoutMs: 10_000,
    });
    expect(JSON.parse(stdout)).toEqual(args);
  });

  it('gives its output as bytes, whatever they are, and keeps none of it then', async () => {
    const pieces: Buffer[] = [];
    const script = 'process.stdout.write(Buffer.from([0xff, 0, 0xc3]))';
    const options = { timeoutMs: 10_000, onBytes: (bytes: Buffer) => pieces.push(bytes) };
    expect((await runCommand(node, ['-e', script], options)).stdout).toBe('');
    expect(Buffer.concat(pieces)).toEqual(Buffer.from([0xff, 0, 0xc3]));
  });

  it('gets input, folder and environment, and speaks untranslated', async () => {
    const script =
      'process.stdin.on("data", (d) => console.log(String(d), process.cwd(), process.env.WORD, process.env.LC_ALL))';
    const { stdout } = await runCommand(node, ['-e', script], {
      timeoutMs: 10_000,
      input: 'hello',
      cwd: '/',
      env: { WORD: 'w', LC_ALL: 'de_DE' },
    });
    expect(stdout).toBe('hello / w C\n');
  });

  const isRoot = process.geteuid?.() === 0;
  it.skipIf(!isRoot)(
    `runs as another user, without our groups and environment${isRoot ? '' : ' (skipped)'}`,
    async () => {
      process.env['TT_TEST_SECRET'] = 'ours';
      const folder = await mkdtemp(path.join(tmpdir(), 'tt-user-'));
      const script = 'id -u; id -G; echo "[$TT_TEST_SECRET]"; pwd';
      const user = { uid: 2_132_000_001, gid: 2_132_000_002 };
      try {
        // In a folder that it could not change to.
        const { stdout } = await runCommand('/bin/sh', ['-c', script], { timeoutMs: 10_000, cwd: folder, user });
        expect(stdout).toBe(`2132000001\n2132000002\n[]\n${folder}\n`);
      } finally {
        delete process.env['TT_TEST_SECRET'];
        await rm(folder, { recursive: true });
      }
    },
  );

  it('fails with its exit code and what it said, unless that code is an answer', async () => {
    const script = 'console.error("went wrong"); process.exit(3)';
    const error = await failureOf(runCommand(node, ['-e', script], { timeoutMs: 10_000 }));
    expect(error).toMatchObject({ exitCode: 3, stderr: 'went wrong\n', timedOut: false, notFound: false });
    expect(error.message).toBe(`${node} exited with 3: went wrong`);
    const result = await runCommand(node, ['-e', script], { timeoutMs: 10_000, okExitCodes: [0, 3] });
    expect(result).toEqual({ exitCode: 3, stdout: '', stderr: 'went wrong\n' });
  });

  it('that is not installed is told from one that failed', async () => {
    const error = await failureOf(runCommand('/no/such/program', [], { timeoutMs: 1_000 }));
    expect(error).toMatchObject({ notFound: true, exitCode: null, message: '/no/such/program is not installed: ' });
    expect(await failureOf(spawnProcess('/no/such/program', [], { detached: false }))).toMatchObject({
      notFound: true,
    });
  });

  it('may say more than is kept, in pieces as small as it likes', async () => {
    const heard: string[] = [];
    const script =
      'let i = 0; const t = () => i++ < 300 && process.stdout.write("0123456789", () => setImmediate(t)); t()';
    const { stdout } = await runCommand(node, ['-e', script], {
      timeoutMs: 10_000,
      maxOutputBytes: 25,
      onStdout: (text) => heard.push(text),
    });
    expect([stdout, heard.join('').length]).toEqual(['0123456789012345678901234', 3000]);
  });

  it('does not mind a program that does not read its input', async () => {
    const input = 'x'.repeat(1024 * 1024);
    expect(await runCommand(node, ['-e', '0'], { timeoutMs: 10_000, input })).toMatchObject({ exitCode: 0 });
  });
});

describe('a command that takes too long, or is not wanted any more', () => {
  /** A shell with a grandchild: both must be gone. */
  async function family(): Promise<{ args: string[]; pid: () => Promise<number>; remove: () => Promise<void> }> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tt-run-'));
    const file = path.join(folder, 'pid');
    return {
      args: ['-c', 'sleep 60 & echo $! > "$0.new"; mv "$0.new" "$0"; wait', file],
      pid: () => until('the grandchild runs', () => readFile(file, 'utf8').then(Number, () => 0)),
      remove: () => rm(folder, { recursive: true }),
    };
  }

  it('is killed with its whole group when its time is over', async () => {
    const { args, pid, remove } = await family();
    const failed = failureOf(runCommand('sh', args, { timeoutMs: 400 }));
    const grandchild = await pid();
    expect(await failed).toMatchObject({ timedOut: true, exitCode: null });
    await until('the grandchild is gone', () => isGone(grandchild));
    await remove();
  });

  it('is killed with its whole group on abort, and rejects with the reason', async () => {
    const { args, pid, remove } = await family();
    const abort = new AbortController();
    const run = runCommand('sh', args, { timeoutMs: 10_000, signal: abort.signal });
    const grandchild = await pid();
    const reason = new Error('not wanted any more');
    abort.abort(reason);
    await expect(run).rejects.toBe(reason);
    await until('the grandchild is gone', () => isGone(grandchild));
    await remove();
  });

  it('never starts when it is aborted before', async () => {
    const run = runCommand('/no/such/program', [], { timeoutMs: 10_000, signal: AbortSignal.abort('early') });
    await expect(run).rejects.toBe('early');
  });
});
