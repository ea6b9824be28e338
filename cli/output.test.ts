// Output that can't be written, values that would be lost, and files with a mark of their encoding: what people do with `tt` in
// scripts and on other systems.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../agent/host/run-command.ts';
import { startTestTt, type TestTt, ttMain } from './test-tt.ts';

describe.runIf(process.platform === 'linux')('the output of the process', () => {
  const shell = async (script: string) => {
    const args = ['-o', 'pipefail', '-c', script, process.execPath, ttMain];
    const { exitCode, stdout, stderr } = await runCommand('bash', args, { timeoutMs: 30_000, okExitCodes: [0, 1, 2] });
    return [exitCode, stdout, stderr];
  };

  it('ends quietly when its reader is gone', async () => {
    // The shell waits until the reader has closed its end.
    expect(await shell('{ sleep 0.2; "$0" "$1" --help; } | exec true')).toEqual([0, '', '']);
  });

  it('does not take that for a request to cancel: what was asked for is made', async () => {
    const { agent, removeEnvs, stop } = await startTestTt({});
    try {
      // The reader is gone before the VMs start, and nothing is printed before they run.
      const hold = agent.engine.holdNext('start');
      const piped = shell(`export TT_HOME='${agent.home}'; { "$0" "$1" env add demo --os-prefix tiny; } | exec true`);
      await hold.reached;
      hold.release();
      expect(await piped).toEqual([0, '', '']);
      expect((await agent.client.env.show({ name: 'demo' })).env.state).toBe('running');
      await removeEnvs();
    } finally {
      await stop();
    }
  });

  it('says in one line with a code that the disk is full', async () => {
    const [exitCode, , stderr] = await shell('"$0" "$1" --help > /dev/full');
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^tt: .*standard output.*\[FILE_UNUSABLE\]\n$/)]);
    expect(await shell('"$0" "$1" no-such 2> /dev/full')).toEqual([1, '', '']);
  });
});

describe('flags that are given twice', () => {
  let running: TestTt;
  beforeAll(async () => {
    running = await startTestTt({});
  });
  afterAll(() => running.stop());

  it('are refused where only the last value would count, and nothing is done', async () => {
    for (const command of [
      'env add demo --os-prefix tiny --mem 128 --mem 256',
      'env add demo --os-prefix tiny --title=a --title=b',
      'env extend nowhere 2h --token-file a',
    ]) {
      const { exitCode, stderr } = await running.tt(command);
      expect([command, exitCode, stderr]).toEqual([command, 2, expect.stringContaining('error: ')]);
    }
    const { stderr } = await running.tt('env add demo --os-prefix tiny --mem 128 --mem 256');
    expect(stderr).toContain("option '-M, --mem <MiB>' is given more than once");
    expect((await running.agent.client.env.list()).envs).toEqual([]);
  });

  it('add to one another where they are lists', async () => {
    await running.text(
      'env add demo --os-prefix tiny --os-prefix debian --vm-port 80 --vm-port 53/udp,443 --json --json',
    );
    const { vms } = await running.agent.client.env.show({ name: 'demo' });
    expect(new Set(vms.map(({ image }) => image.split(':')[1]))).toEqual(new Set(['debian-12', 'tiny-2']));
    expect(vms[0]?.portMap.map(({ guestPort }) => guestPort).sort((a, b) => a - b)).toEqual([22, 53, 80, 443]);
    await running.removeEnvs();
  });

  it('may come from files of other systems: UTF-8 with its mark, and UTF-16', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tt-bom-'));
    const text = JSON.stringify({ user: 'kim', hostname: 'web' });
    await writeFile(path.join(folder, 'utf8.json'), `\ufeff${text}`);
    await writeFile(path.join(folder, 'utf16.json'), Buffer.from(`\ufeff${text}`, 'utf16le'));
    await writeFile(path.join(folder, 'id.pub'), '\ufeffssh-ed25519 AAAA kim\r\n');
    for (const name of ['utf8', 'utf16']) {
      const file = path.join(folder, `${name}.json`);
      await running.text(
        `env add ${name} --os-prefix tiny --cloud-init ${file} --ssh-key ${path.join(folder, 'id.pub')}`,
      );
      const { vms } = await running.agent.client.env.show({ name });
      expect(vms[0]?.cloudInit).toMatchObject({ user: 'kim' });
    }
    await running.removeEnvs();
    await rm(folder, { recursive: true });
  });
});
