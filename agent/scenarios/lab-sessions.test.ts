// Labs with real guests, on each storage: two sessions share one base image and lose their writes; an administrative session is
// refused while they run, publishes its writes, and the next session starts with exactly those.
// @module-tag long
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RealAgent } from '../testing/real-agent.ts';
import { describeOn, type StorageFixtureName, startAgentOn } from '../testing/storage-fixtures.ts';

describeOn(['qcow2', 'reflink', 'zfs'], labs);

function labs(storage: StorageFixtureName): void {
  let agent: RealAgent;
  beforeAll(async () => {
    agent = await startAgentOn(storage);
    await agent.client.profile.create({ name: 'office', image: 'tiny' });
    await agent.client.lab.create({ name: 'room', profileNames: ['office'] });
  });
  afterAll(() => agent.remove());

  const start = () => agent.client.lab.startSession({ name: 'room' });
  const write = (vmId: string | null | undefined, word: string) => inGuest(vmId, `echo ${word} > /root/${word}; sync`);
  const words = (vmId: string | null | undefined) => inGuest(vmId, 'ls /root');

  async function inGuest(vmId: string | null | undefined, command: string): Promise<string> {
    const shell = await agent.shell(await agent.client.vm.show({ vmId: vmId ?? '' }));
    const text = await shell.run(command);
    shell.close();
    return text.trim();
  }

  it('sessions share a base that stays clean, until an administrator publishes the next one', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    await write(one.vmId, 'apple');
    expect([await words(one.vmId), await words(two.vmId)]).toEqual(['apple', '']);

    const open = { name: 'office', graceS: 0 };
    await expect(agent.client.profile.openAdmin(open)).rejects.toMatchObject({ code: 'PROFILE_CLIENTS_RUN' });
    const { vms } = await agent.client.profile.openAdmin({ ...open, stopClients: true });
    await write(vms[0]?.id, 'pear');
    await expect(start()).rejects.toMatchObject({ code: 'PROFILE_IN_ADMIN_SESSION' });
    const published = await agent.client.profile.publish({ name: 'office', graceS: 60 });
    expect([published.version, published.versions[1]?.isImage]).toEqual([2, false]);

    await agent.client.vm.start({ vmId: one.vmId ?? '' });
    expect(await words(one.vmId)).toBe('pear');
    for (const { sessionName } of [one, two]) await agent.client.lab.stopSession({ name: 'room', sessionName });
    expect(await agent.leftovers()).toMatchObject({ disks: [], guests: [] });
  });
}
