// `tt vm shell` and `tt env run --interactive`: on a terminal of its own, whose size the guest is told; and what is refused without one.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TtError } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../agent/host/run-command.ts';
import { mustBeInteractive, runInteractively } from './commands/run-interactive.ts';
import { exitCodeOf, sizeOf } from './shell-session.ts';
import { startTestTt, type TestTt, ttMain } from './test-tt.ts';

let running: TestTt;
let folder: string;
beforeAll(async () => {
  running = await startTestTt({ config: { network: 'user' } });
  folder = await mkdtemp(path.join(tmpdir(), 'tt-shell-'));
  const groups = [{ osPrefix: 'tiny' }];
  await running.agent.client.env.create({ name: 'demo', groups });
  await running.agent.client.env.create({ name: 'two', groups: [...groups, ...groups] });
});
afterAll(async () => {
  await running.removeEnvs();
  await running.stop();
  await rm(folder, { recursive: true });
});

describe.runIf(process.platform === 'linux')('a shell on a terminal', () => {
  /** As in console.test.ts: `keys` wait in a terminal that script(1) makes. `later`: what is typed once something is shown. */
  async function visit(command: string, keys: string, meanwhile = '', later = { shown: '', keys: '' }) {
    const file = (name: string) => path.join(folder, name);
    await writeFile(file('keys'), keys);
    await writeFile(file('later'), later.keys);
    await writeFile(file('shown'), '');
    const inside = `stty cols 93 rows 31
stty -a >'${file('before')}'
${meanwhile}
'${process.execPath}' '${ttMain}' ${command}; echo $? >'${file('code')}'
stty -a >'${file('after')}'`;
    await writeFile(file('inside'), inside);
    const isShown = `grep -q '${later.shown}' '${file('shown')}'`;
    const typing = `cat '${file('keys')}'; until ${isShown}; do sleep 0.05; done; cat '${file('later')}'; until [ -s '${file('after')}' ]; do sleep 0.05; done`;
    const outside = `{ ${typing}; } | script -qefc "sh '${file('inside')}'" '${file('shown')}' >/dev/null`;
    await runCommand('sh', ['-c', outside], { timeoutMs: 60_000, env: { TT_HOME: running.agent.home, TERM: 'xterm' } });
    const read = (name: string) => readFile(file(name), 'utf8');
    const [before, after, shown, code] = await Promise.all(['before', 'after', 'shown', 'code'].map(read));
    await Promise.all(['before', 'after', 'code', 'shown'].map((name) => rm(file(name))));
    return { before: before ?? '', after: after ?? '', shown: shown ?? '', code: (code ?? '').trim() };
  }

  it('has its size and its exit code, and gives the terminal back', async () => {
    const { before, after, shown, code } = await visit('vm shell demo/tiny-2-1', 'stty size\rexit 3\r');
    expect([code, after]).toEqual(['3', before]);
    expect(shown).toContain('Connected to demo/tiny-2-1. Ctrl-] leaves the shell and ends it.');
    expect(shown).toContain('31 93');
  });

  it('is told another size of the terminal, and left by the escape key', async () => {
    const resize = `( until grep -q '31 93' '${path.join(folder, 'shown')}'; do sleep 0.05; done; stty cols 60 rows 20 </dev/tty ) &`;
    const later = { shown: 'it is 20 60', keys: '\u001d' };
    const { code } = await visit('env run demo --interactive', 'stty size\rwait-for-size 20 60\r', resize, later);
    expect(code).toBe('130');
  });
});

describe('without a terminal', () => {
  it('it is refused, and so are options that mean nothing for one', async () => {
    expect(
      await running.endings(
        'vm shell demo/tiny-2-1',
        'env run demo --interactive',
        'env run demo --interactive --time-out 5m -- vi',
      ),
    ).toEqual([
      [2, 'SHELL_NO_TERMINAL'],
      [2, 'SHELL_NO_TERMINAL'],
      [2, undefined],
    ]);
    await expect(mustBeInteractive({ stream: true }, false)).rejects.toThrow('--stream');
    await expect(mustBeInteractive({}, true)).rejects.toThrow('--json');
  });

  it('it is for one VM', async () => {
    const start = (names: string[], options = {}) => runInteractively(running.agent.connection, names, null, options);
    await expect(start(['two'])).rejects.toMatchObject({ code: 'SHELL_ONE_VM', data: { count: 2 } });
    await expect(start(['demo', 'two'], { osPrefix: ['tiny'] })).rejects.toMatchObject({ data: { count: 3 } });
    await expect(start(['none'])).rejects.toMatchObject({ code: 'ENV_NOT_FOUND' });
  });
});

it('an exit code is that of the shell, and a size is one that a terminal can have', () => {
  const end = { exitCode: null, signal: null, failure: null };
  expect(exitCodeOf({ ...end, exitCode: 7 })).toBe(7);
  expect(exitCodeOf({ ...end, signal: 'SIGHUP' })).toBe(129);
  const failure = new TtError('SHELL_LIMIT', { most: 32 });
  const record = { code: failure.code, message: failure.message, fix: '', data: failure.data };
  expect(() => exitCodeOf({ ...end, failure: record })).toThrow(failure.message);
  expect(sizeOf({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 });
  expect(sizeOf({ columns: 200, rows: 50 })).toEqual({ columns: 200, rows: 50 });
});
