// Host keys of VMs through the API, with fake guests: given with the setup, read again from guests that have others, their own after a
// copy, and gone with their VM. What a guest says is bounded.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { hostKeysIn } from './host-keys.ts';

const KEY_FILE = '/etc/ssh/ssh_host_ed25519_key.pub';
const keyLine = (seed: string) => `ssh-ed25519 ${Buffer.from(seed.repeat(12)).toString('base64')}`;

let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({ config: { network: 'user' } });
});
afterAll(() => agent.stop());

const machineOf = (vmId: string) => [...agent.fakeHost.values()].find(({ spec }) => spec.id === vmId);
const loginsOf = async (name: string) => (await agent.client.env.sshKey({ name })).logins;
const filesOfKeys = () => readdir(path.join(agent.home, 'host-keys'));

it('each guest with a setup is given a key of its own, which is known before it has booted', async () => {
  const { vms } = await agent.client.env.create({
    name: 'demo',
    groups: [{ osPrefix: 'tiny', copies: 2, cloudInit: {} }, { osPrefix: 'tiny' }],
  });
  const logins = await loginsOf('demo');
  expect(logins.map(({ vmId, hostKeySource }) => [vmId, hostKeySource])).toEqual(
    vms.slice(0, 2).map(({ id }) => [id, 'given']),
  );
  const keys = logins.flatMap(({ hostKeys }) => hostKeys);
  expect(keys.map((key) => /^ssh-ed25519 [A-Za-z0-9+/]+=*$/.test(key))).toEqual([true, true]);
  expect(new Set(keys).size).toBe(2);
  expect(await loginsOf('demo')).toEqual(logins);
  const [first] = logins;
  expect((await agent.client.env.sshKey({ name: 'demo', vmId: first?.vmId ?? '' })).logins).toEqual([first]);
  await expect(agent.client.env.sshKey({ name: 'demo', vmId: crypto.randomUUID() })).rejects.toMatchObject({
    code: 'VM_NOT_FOUND',
  });
});

it('what a guest agent says replaces it, and is known after the guest has stopped', async () => {
  const [first] = await loginsOf('demo');
  const { vmId = '' } = first ?? {};
  machineOf(vmId)?.writeDisk({ [KEY_FILE]: `${keyLine('made')} root@guest\n` });
  // Its setup is not known to be over: it may still take what it was given.
  const read = { ...first, hostKeys: [keyLine('made'), ...(first?.hostKeys ?? [])], hostKeySource: 'guest' };
  expect((await loginsOf('demo'))[0]).toEqual(read);
  await agent.client.vm.stop({ vmId, graceS: 0 });
  const [stopped] = await loginsOf('demo');
  // From its disk it may come up with either.
  expect(stopped?.hostKeys).toEqual([...(first?.hostKeys ?? []), keyLine('made')]);
  await agent.client.vm.start({ vmId });
});

it('a copy that wakes has the keys of the original, or new ones where it is asked to make them', async () => {
  await agent.client.env.clone({ name: 'demo', newName: 'same' });
  expect((await loginsOf('same'))[0]?.hostKeys[0]).toBe(keyLine('made'));
  await agent.client.env.clone({ name: 'demo', newName: 'fresh', sshHostKeys: true });
  const [fresh] = await loginsOf('fresh');
  expect(fresh?.hostKeySource).toBe('guest');
  // What it was given, with which its setup would provide it as well.
  expect(fresh?.hostKeys).toEqual([expect.stringMatching(/^ssh-ed25519 /)]);
  expect(fresh?.hostKeys).not.toContain(keyLine('made'));
});

it('a copy from a disk alone is given a key of its own', async () => {
  await agent.client.env.stop({ name: 'demo', graceS: 0 });
  await agent.client.env.clone({ name: 'demo', newName: 'cold' });
  const [original] = await loginsOf('demo');
  const [cold] = await loginsOf('cold');
  expect(cold?.hostKeySource).toBe('given');
  expect(cold?.hostKeys).toHaveLength(1);
  expect(original?.hostKeys).not.toContain(cold?.hostKeys[0]);
});

it('keys go with their VMs', async () => {
  expect((await filesOfKeys()).length).toBeGreaterThan(0);
  for (const name of ['demo', 'same', 'fresh', 'cold']) await agent.client.env.delete({ name });
  expect(await filesOfKeys()).toEqual([]);
});

it('takes only keys from what a guest says, and not many', () => {
  const text = [
    'Public key portion is:',
    `${keyLine('one')} root@tiny`,
    'Fingerprint: SHA256:abc',
    `@cert-authority * ${keyLine('two')}`,
    `${keyLine('one')} again`,
    `ssh-ed25519 ${'A'.repeat(5000)}`,
    'ecdsa-sha2-nistp256 AAAA',
  ].join('\r\n');
  expect(hostKeysIn(text)).toEqual([keyLine('one')]);
  const many = Array.from({ length: 100 }, (_, index) => keyLine(`k${index}`)).join('\n');
  expect(hostKeysIn(many)).toHaveLength(8);
});
