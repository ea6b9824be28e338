// `tt console` as a process on a terminal of its own: the keys reach the guest, and the terminal is as before, however it ends.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../agent/host/run-command.ts';
import { startTestTt, type TestTt, ttMain } from './test-tt.ts';

describe.runIf(process.platform === 'linux')('a console on a terminal', () => {
  let running: TestTt;
  let folder: string;
  beforeAll(async () => {
    running = await startTestTt({ config: { network: 'user' } });
    folder = await mkdtemp(path.join(tmpdir(), 'tt-console-'));
    await running.agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  });
  afterAll(async () => {
    await running.removeEnvs();
    await running.stop();
    await rm(folder, { recursive: true });
  });

  /** Runs `tt console` below script(1), which makes the terminal; `keys` wait in it. Gives what `stty` said before and after. */
  async function visit(
    keys: string,
    meanwhile = '',
  ): Promise<{ before: string; after: string; output: string; code: string }> {
    const file = (name: string) => path.join(folder, name);
    await writeFile(file('keys'), keys);
    const inside = `stty -a >'${file('before')}'
${meanwhile}
'${process.execPath}' '${ttMain}' console demo/tiny-2-1; echo $? >'${file('code')}'
stty -a >'${file('after')}'`;
    await writeFile(file('inside'), inside);
    // The terminal stays until the visit is over; the keys come first.
    const outside = `{ cat '${file('keys')}'; until [ -s '${file('after')}' ]; do sleep 0.05; done; } | script -qec "sh '${file('inside')}'" /dev/null >'${file('output')}'`;
    await runCommand('sh', ['-c', outside], { timeoutMs: 60_000, env: { TT_HOME: running.agent.home, TERM: 'xterm' } });
    const read = (name: string) => readFile(file(name), 'utf8');
    const [before, after, output, code] = await Promise.all(['before', 'after', 'output', 'code'].map(read));
    await Promise.all(['before', 'after', 'code'].map((name) => rm(file(name))));
    return { before: before ?? '', after: after ?? '', output: output ?? '', code: (code ?? '').trim() };
  }

  it('is left with the escape key', async () => {
    const { before, after, output, code } = await visit('echo hello\r\u001d');
    expect([code, after]).toEqual(['0', before]);
    expect(output).toContain('Connected to demo/tiny-2-1. Ctrl-] leaves the console.');
    expect(before).toMatch(/ icanon/);
  });

  it('gives the terminal back when the process is told to end', async () => {
    // The parent of the process that writes its number here is the shell of the terminal.
    const kill = `( until pid=$(pgrep -P $$ -f 'console demo/tiny'); do sleep 0.05; done; until stty -a </dev/tty | grep -q -- -icanon; do sleep 0.05; done; kill -TERM $pid ) &`;
    const { before, after, code } = await visit('', kill);
    expect([code, after]).toEqual(['0', before]);
  });
});
