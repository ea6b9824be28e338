// One line for each step, and the end of the log when one fails. And boot.mjs with an npm that says much and fails.
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../agent/host/run-command.ts';
import { step } from './steps.mjs';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
let logFile: string;
let shown: string;
const output = (isTTY: boolean) => ({
  isTTY,
  write(text: string | Uint8Array) {
    shown += String(text);
    return true;
  },
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-steps-'));
  logFile = path.join(folder, 'out/setup.log');
  shown = '';
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a step', () => {
  it('is one line with its time; what is said in it goes into the log', async () => {
    const options = { what: 'mixing', logFile, output: output(false) };
    const result = await step(options, async ({ write }) => {
      write('npm warn EBADENGINE\n'.repeat(100));
      return 7;
    });
    expect([result, shown]).toEqual([7, expect.stringMatching(/^tt: mixing \.\.\. \d+\.\d s\n$/)]);
    expect(await readFile(logFile, 'utf8')).toContain('npm warn EBADENGINE\n');
  });

  it('is drawn anew on a terminal, with how far it is', async () => {
    const drawn = Promise.withResolvers<void>();
    const terminal = output(true);
    const { write } = terminal;
    terminal.write = (text) => {
      if (String(text).includes('3 of 4')) drawn.resolve();
      return write(text);
    };
    await step({ what: 'mixing', logFile, output: terminal }, async ({ progress }) => {
      progress('3 of 4 parts');
      await drawn.promise;
    });
    expect(shown.split('\n')).toHaveLength(2);
    expect(shown.split('\r').at(-1)).toMatch(/mixing \.\.\. \d+\.\d s\n$/);
  });

  it('that fails shows the end of what was said and names the log', async () => {
    const work = async ({ write }: { write(text: string): void }) => {
      write('first\n'.repeat(50));
      write('the reason\n');
      throw new Error('exit 1');
    };
    await expect(step({ what: 'mixing', logFile, output: output(false) }, work)).rejects.toThrow('exit 1');
    const lines = shown.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^tt: mixing \.\.\. failed after \d+\.\d s$/);
    expect(lines.slice(-2)).toEqual(['    | the reason', `tt: all of it is in ${logFile}`]);
    expect(lines).toHaveLength(22);
  });
});

describe('boot.mjs', () => {
  /** A clone with an npm of our own, which runs this shell script. */
  async function boot(npm: string) {
    const bin = path.join(folder, 'bin');
    await mkdir(path.join(folder, 'tools'), { recursive: true });
    await mkdir(bin);
    await cp(path.join(root, 'tools/boot.mjs'), path.join(folder, 'tools/boot.mjs'));
    await cp(path.join(root, 'tools/start/steps.mjs'), path.join(folder, 'tools/start/steps.mjs'));
    await cp(path.join(root, '.node-version'), path.join(folder, '.node-version'));
    await writeFile(path.join(folder, 'package-lock.json'), '{"packages":{"a":{},"b":{}}}');
    await writeFile(path.join(bin, 'npm'), `#!/bin/sh\n${npm}\n`);
    await chmod(path.join(bin, 'npm'), 0o755);
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    const args = [path.join(folder, 'tools/boot.mjs')];
    return runCommand(process.execPath, args, { env, timeoutMs: 20_000, okExitCodes: [0, 1, 130] });
  }

  it('shows no wall of warnings, but why npm failed', async () => {
    const wall = 'for i in $(seq 1 300); do echo "npm warn EBADENGINE $i" >&2; done';
    const { exitCode, stdout, stderr } = await boot(`${wall}; echo "npm error no space left" >&2; exit 3`);
    expect([exitCode, stdout]).toEqual([1, '']);
    const lines = stderr.trimEnd().split('\n');
    expect(lines.length).toBeLessThan(25);
    expect(lines).toContain('    | npm error no space left');
    expect(lines).toContain(`tt: all of it is in ${logFile}`);
    const log = await readFile(logFile, 'utf8');
    expect(log).toContain('npm warn EBADENGINE 1\n');
  });

  it('ends with npm when Ctrl-C ends that', async () => {
    const { exitCode, stderr } = await boot('kill -INT $$');
    expect([exitCode, stderr]).toEqual([130, 'tt: installing npm packages (once) ...\n']);
  });
});
