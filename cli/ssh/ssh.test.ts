// `tt ssh` and `tt env ssh-config` with a fake guest that has a real ssh server at its port, and the real OpenSSH client: what they
// print, pass on and refuse, and which files are there when.
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SshKey } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../agent/host/run-command.ts';
import { codeOf, startTestTt, type TestTt, ttMain } from '../test-tt.ts';
import { otherHostKey, startSshServer, type TestSshServer } from './test-ssh-server.ts';

describe.runIf(process.platform === 'linux')('ssh into guests', () => {
  let running: TestTt;
  let key: SshKey;
  let server: TestSshServer;
  beforeAll(async () => {
    running = await startTestTt({ config: { network: 'user' } });
    await running.agent.client.env.create({
      name: 'demo',
      groups: [{ osPrefix: 'tiny', cloudInit: { user: 'kim' } }, { osPrefix: 'tiny' }],
    });
    key = await running.agent.client.env.sshKey({ name: 'demo' });
    server = await serve(await givenKey());
  });
  afterAll(async () => {
    await server.close();
    await running.removeEnvs();
    await running.stop();
  });

  const login = () => {
    const [first] = key.logins;
    if (!first) throw new Error('no login');
    return first;
  };
  /** The private half of the host key that the agent gave the guest. */
  const givenKey = async () => {
    const file = path.join(running.agent.home, 'host-keys', `${login().vmId}.json`);
    return (JSON.parse(await readFile(file, 'utf8')) as { privateKey: string }).privateKey;
  };
  const serve = (hostKey: string) => startSshServer({ ...login(), hostKey, allowedKey: key.publicKey });
  /** As a process, whose streams are not those of this test. */
  const ttProcess = (...args: string[]) =>
    runCommand(process.execPath, [ttMain, ...args], { timeoutMs: 60_000, env: { TT_HOME: running.agent.home } });
  const folder = () => path.join(running.agent.home, 'ssh', 'private');

  it('a command runs in the guest; its output and its exit code are those of tt', async () => {
    const ran = await ttProcess('ssh', 'demo/tiny-2-1', '--', 'echo', '--json', '-w');
    expect(ran).toMatchObject({ stdout: 'ran echo --json -w\n', stderr: 'to stderr\n' });
    await expect(ttProcess('ssh', login().vmId, '--', 'exit 7')).rejects.toMatchObject({ exitCode: 7 });
  });

  it('key and known hosts are its user’s alone, in TT’s own folder, and nothing else is left there', async () => {
    const { vmId } = login();
    const files = (await readdir(path.join(folder(), 'env-demo'))).sort();
    expect(files).toEqual([`${vmId}.config`, `${vmId}.known`, 'key'].sort());
    const modes = await Promise.all(
      ['', ...files].map(async (name) => (await stat(path.join(folder(), 'env-demo', name))).mode & 0o777),
    );
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
  });

  it('a guest that shows another host key is refused, with what to do', async () => {
    await server.close();
    server = await serve(otherHostKey());
    const { exitCode, stderr } = await running.tt('ssh demo/tiny-2-1 -- true');
    expect([exitCode, codeOf(stderr)]).toEqual([4, 'SSH_HOST_KEY_WRONG']);
    await server.close();
    server = await serve(await givenKey());
  });

  it('what ssh says of other failures is passed on with its own code', async () => {
    await server.close();
    const { exitCode, stderr } = await running.tt('ssh demo/tiny-2-1 -- true');
    expect([exitCode, stderr]).toEqual([255, expect.stringContaining('Connection refused')]);
    server = await serve(await givenKey());
  });

  it('a configuration for other programs reaches the guest by either name', async () => {
    const out = path.join(running.emptyHome, 'demo.ssh');
    expect(await running.text(`env ssh-config demo --out ${out}`)).toBe(`ssh -F ${out} demo-tiny-2-1\n`);
    expect(await running.text('env ssh-config demo')).toBe(await readFile(out, 'utf8'));
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    for (const host of ['demo-tiny-2-1', 'tiny-2-1.demo']) {
      const { stdout } = await runCommand('ssh', ['-F', out, host, 'hello'], { timeoutMs: 30_000 });
      expect(stdout).toBe('ran hello\n');
    }
    expect(await running.endings(`env ssh-config demo --out ${out}`, 'env ssh-config nowhere')).toEqual([
      [2, 'FILE_UNUSABLE'],
      [3, 'ENV_NOT_FOUND'],
    ]);
  });

  it('refuses what can’t work before ssh is started', async () => {
    expect(await running.endings('ssh demo/tiny-2-2', 'ssh demo/tiny-9', 'ssh nowhere/tiny-2-1', 'ssh')).toEqual([
      [4, 'SSH_IMPOSSIBLE'],
      [3, 'VM_NOT_FOUND'],
      [3, 'ENV_NOT_FOUND'],
      [2, undefined],
    ]);
    const without = await running.tt('ssh demo/tiny-2-1', { PATH: running.emptyHome });
    expect([without.exitCode, codeOf(without.stderr)]).toEqual([2, 'SSH_PROGRAM_MISSING']);
    await running.agent.client.vm.stop({ vmId: login().vmId, graceS: 0 });
    expect(await running.endings('ssh demo/tiny-2-1')).toEqual([[4, 'VM_NOT_RUNNING']]);
  });

  it('keys of an ENV that is gone are removed at the next use', async () => {
    await running.agent.client.env.create({ name: 'next', groups: [{ osPrefix: 'tiny', cloudInit: {} }] });
    await running.agent.client.env.delete({ name: 'demo' });
    expect(await readdir(folder())).toEqual(['env-demo']);
    await running.text('env ssh-config next');
    expect(await readdir(folder())).toEqual(['env-next']);
  });
});
