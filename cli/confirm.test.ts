// The question before a deletion, on a terminal made by script(1): what is not confirmed stays, and scripts are not asked.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../agent/host/run-command.ts';
import { startTestTt, type TestTt, ttMain } from './test-tt.ts';

describe.runIf(process.platform === 'linux')('a command that deletes, on a terminal', () => {
  let running: TestTt;
  let folder: string;
  beforeAll(async () => {
    running = await startTestTt({ config: { network: 'user' } });
    folder = await mkdtemp(path.join(tmpdir(), 'tt-confirm-'));
    await running.agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  });
  afterAll(async () => {
    await running.removeEnvs();
    await running.stop();
    await rm(folder, { recursive: true });
  });

  /** The keys wait in the terminal; it stays until the command has ended. */
  async function typed(words: string, keys: string): Promise<{ output: string; code: string }> {
    const [code, output] = [path.join(folder, 'code'), path.join(folder, 'output')];
    const inside = `'${process.execPath}' '${ttMain}' ${words}; echo $? >'${code}'`;
    const outside = `{ printf '${keys}'; until [ -s '${code}' ]; do sleep 0.05; done; } | script -qec "${inside.replaceAll('$', String.raw`\$`)}" /dev/null >'${output}'`;
    await runCommand('sh', ['-c', outside], { timeoutMs: 60_000, env: { TT_HOME: running.agent.home, TERM: 'xterm' } });
    const read = { output: await readFile(output, 'utf8'), code: (await readFile(code, 'utf8')).trim() };
    await rm(code);
    return read;
  }

  it('asks, does nothing for any answer but yes, and is not asked with --yes', async () => {
    const refused = await typed('env del demo', String.raw`n\n`);
    expect([refused.code, refused.output]).toEqual(['130', expect.stringContaining('Delete demo with all VMs')]);
    expect(refused.output).toContain('[OPERATION_CANCELLED]');
    expect((await running.agent.client.env.list()).envs).toHaveLength(1);
    const confirmed = await typed('env del demo', String.raw`y\n`);
    expect([confirmed.code, confirmed.output]).toEqual(['0', expect.stringContaining('demo is deleted')]);
    await running.agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const unasked = await typed('env del demo --yes', '');
    expect([unasked.code, unasked.output]).toEqual(['0', expect.not.stringContaining('[y/N]')]);
  });

  it('tt apply shows its plan in colours, asks before it removes, and does nothing for any answer but yes', async () => {
    await running.agent.client.env.create({ name: 'shop', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    const file = path.join(folder, 'shop.yaml');
    await writeFile(file, 'name: shop\ntitle: new\ngroups: [{ osPrefix: tiny }]\n');
    const shown = async () => {
      const { env } = await running.agent.client.env.show({ name: 'shop' });
      return [env.title, env.vmIds.length];
    };
    const refused = await typed(`apply -f ${file}`, String.raw`n\n`);
    expect(refused.output).toContain('\u001b[33m~ shop: title "" -> "new"\u001b[0m\r\n');
    expect(refused.output).toContain('\u001b[31m- shop/tiny-2-2: removed');
    expect([refused.code, refused.output]).toEqual([
      '130',
      expect.stringContaining('Steps that delete VMs or disks: 1'),
    ]);
    expect(await shown()).toEqual(['', 2]);
    const confirmed = await typed(`apply -f ${file}`, String.raw`y\n`);
    expect([confirmed.code, confirmed.output]).toEqual(['0', expect.stringContaining('shop: 2 steps done')]);
    expect(await shown()).toEqual(['new', 1]);
  });
});
