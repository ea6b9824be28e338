// Completion: words of the command table, names of a live agent, and that bash gets them whole.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../agent/host/run-command.ts';
import { shells } from './shell-scripts.ts';
import { startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
beforeAll(async () => {
  running = await startTestTt({ config: { network: 'user' } });
  await running.agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  await running.agent.client.env.create({ name: 'debug', groups: [{ osPrefix: 'debian-12' }] });
  await running.agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
});
afterAll(async () => {
  await running.removeEnvs();
  await running.stop();
});

/** As a shell asks: the whole line up to the cursor. */
async function complete(line: string): Promise<string[]> {
  const { exitCode, stdout, stderr } = await running.tt(['complete', line]);
  expect([line, exitCode, stderr]).toEqual([line, 0, '']);
  return stdout.split('\n').filter((text) => text !== '');
}

describe('completion', () => {
  it.each([
    ['tt sta', ['status']],
    ['tt env sh', ['show', 'shorten']],
    ['tt env extend --over', ['--override-limit']],
    ['tt env del --past', []],
    ['tt compl', ['completion']],
    ['tt completion ', [...shells, 'install']],
    ['tt completion install ', [...shells]],
    ['tt env add x --end-policy s', ['stop', 'snapshot-then-stop', 'snapshot-then-delete']],
    ['tt nonsense more ', []],
  ])('%s: words of the command table', async (line, expected) => {
    expect(await complete(line)).toEqual(expected);
  });

  it.each([
    ['tt env show de', ['debug', 'demo']],
    ['tt env show demo deb', ['debug']],
    ['tt env delete --yes dem', ['demo']],
    ['tt env add de', []],
    ['tt console ', ['debug/debian-12-1', 'demo/tiny-2-1']],
    ['tt ssh ', ['debug/debian-12-1', 'demo/tiny-2-1']],
    ['tt snapshot revert demo c', ['clean']],
    ['tt snapshot add demo x --vm t', ['tiny-2-1']],
    ['tt env add x --os-prefix tiny-2,deb', ['tiny-2,debian-12', 'tiny-2,debian-13']],
    ['tt env add x --os-prefix=t', ['--os-prefix=tiny-2']],
    ['tt image show qemu:tin', ['qemu:tiny-2:default']],
  ])('%s: names of the server', async (line, expected) => {
    expect((await complete(line)).sort()).toEqual([...expected].sort());
  });

  it('proposes nothing, and says nothing, without a server', async () => {
    expect(await running.tt(['complete', 'tt env show '], { TT_HOME: `${running.emptyHome}/none` })).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('refuses a shell it does not know', async () => {
    const { exitCode, stderr } = await running.tt('completion install csh');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('write bash, zsh, fish.')]);
    expect((await running.tt('completion csh')).exitCode).toBe(2);
  });

  it.runIf(process.platform === 'linux')('gives bash only what is behind its own word breaks', async () => {
    const { stdout: script } = await running.tt('completion bash');
    const line = 'tt image show qemu:tiny-2:';
    const ask = `${script}
tt() { printf '%s\\n' 'qemu:tiny-2:default' 'qemu:tiny-2:$(touch x)'; }
COMP_LINE=$0; COMP_POINT=\${#0}; _tt; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await runCommand('bash', ['-c', ask, line], { timeoutMs: 10_000 });
    expect(stdout).toBe('default\n$(touch x)\n');
  });
});
