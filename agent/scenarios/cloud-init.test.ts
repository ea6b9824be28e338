// Guest setup on each storage, with real guests: the tiny image reads its seed, accepts the ENV's ssh key and runs the commands,
// and the state shown is the one the guest reports. Also a guest whose command fails.
// @module-tag long
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writePrivateFile } from '@tt/client/node';
import type { Provisioning, SshKey } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import type { RealAgent } from '../testing/real-agent.ts';
import { describeOn, type StorageFixtureName, startAgentOn } from '../testing/storage-fixtures.ts';
import { until } from '../testing/until.ts';

describeOn(['qcow2', 'reflink', 'zfs'], setups);

function setups(storage: StorageFixtureName): void {
  let agent: RealAgent;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tt-setup-'));
    agent = await startAgentOn(storage);
  });
  afterAll(async () => {
    await agent.remove();
    await rm(folder, { recursive: true });
  });

  async function ssh({ vmId, user, host, port, hostKeys }: SshKey['logins'][number], command: string): Promise<string> {
    const file = path.join(folder, 'known');
    await writeFile(file, hostKeys.map((key) => `${vmId} ${key}\n`).join(''));
    const known = ['-o', 'StrictHostKeyChecking=yes', '-o', `HostKeyAlias=${vmId}`, '-o', `UserKnownHostsFile=${file}`];
    const alone = ['-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-i', path.join(folder, 'key')];
    const args = [...known, ...alone, '-p', String(port), `${user}@${host}`, command];
    return (await runCommand('ssh', args, { timeoutMs: 60_000 })).stdout.trim();
  }

  it('a guest takes name, user, key, files and commands, and what it says of them is shown', {
    timeout: 240_000,
  }, async () => {
    const { client } = agent;
    const cloudInit = {
      hostname: 'web',
      user: 'kim',
      password: 'pear',
      files: [{ path: '/srv/a word.txt', content: 'äpfel\n', mode: '0640' }],
      commands: ['echo begun; cat "/srv/a word.txt"', 'id -u > /srv/who'],
    };
    const broken = { commands: ['true', 'ls /no/such/folder', 'touch /srv/never'] };
    const { vms } = await client.env.create({
      operationId: crypto.randomUUID(),
      name: 'setup',
      groups: [{ osPrefix: 'tiny', cloudInit }, { osPrefix: 'tiny', cloudInit: broken }, { osPrefix: 'tiny' }],
    });
    expect(vms.map(({ provisioning }) => provisioning.state)).toEqual(['waiting', 'waiting', 'none']);
    expect(vms[0]?.cloudInit).toEqual({
      user: 'kim',
      hasPassword: true,
      commands: cloudInit.commands,
      filePaths: ['/srv/a word.txt'],
    });
    const ended = await Promise.all(
      vms.slice(0, 2).map(({ id }) =>
        until(
          'the guest says how its setup went',
          async (): Promise<Provisioning | null> => {
            const { provisioning } = await client.vm.show({ vmId: id });
            return ['done', 'failed'].includes(provisioning.state) ? provisioning : null;
          },
          170_000,
        ),
      ),
    );
    expect(ended[0]).toMatchObject({ state: 'done', failure: null });
    expect(ended[0]?.logTail).toEqual(['+ command 1', 'begun', 'äpfel', '+ command 2']);
    expect(ended[1]).toMatchObject({
      state: 'failed',
      failure: {
        code: 'SETUP_FAILED',
        data: { command: 'ls /no/such/folder', output: expect.stringContaining('No such file') },
      },
    });

    const { privateKey, logins } = await client.env.sshKey({ name: 'setup' });
    expect(logins.map(({ user }) => user)).toEqual(['kim', 'root']);
    await writePrivateFile(path.join(folder, 'key'), privateKey);
    const [kim, root] = logins;
    if (!kim || !root) throw new Error('two logins were given');
    expect(await ssh(kim, 'id -un; hostname; cat /etc/hostname; cat /srv/who')).toBe('kim\nweb\nweb\n0');
    expect(await ssh(root, 'ls -l "/srv"; cat /etc/passwd | wc -l')).not.toContain('never');
    expect(await ssh(root, 'hostname')).toBe('tiny-2-2');
  });

  it('a second boot changes nothing, and the key goes with its ENV', { timeout: 240_000 }, async () => {
    const { client } = agent;
    const { vms } = await client.env.show({ name: 'setup' });
    const vmId = vms[0]?.id ?? '';
    await client.vm.stop({ vmId, operationId: crypto.randomUUID(), graceS: 20 });
    await client.vm.start({ vmId, operationId: crypto.randomUUID() });
    const { logins } = await client.env.sshKey({ name: 'setup' });
    const kim = logins[0];
    if (!kim) throw new Error('no login');
    const lines = await until(
      'ssh answers again',
      () => ssh(kim, 'wc -l < .ssh/authorized_keys').catch(() => null),
      170_000,
    );
    expect(lines).toBe('1');
    expect((await client.vm.show({ vmId })).provisioning.state).toBe('done');
    await client.env.delete({ name: 'setup', operationId: crypto.randomUUID() });
    await expect(client.env.sshKey({ name: 'setup' })).rejects.toMatchObject({ code: 'ENV_NOT_FOUND' });
  });
}
