// Ports of guests with user networking across an update that changes the address they listen at: running guests keep what their
// QEMU listens on, restarted ones get the new address, with the same port numbers.
import type { Vm } from '@tt/protocol';
import { expect, it } from 'vitest';
import type { PortForward } from '../../engines/interface.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';

const OLD = '127.0.0.1';
const NEW = '127.0.0.2';

/** `22=127.0.0.1:20000`, as the contract tells it. */
const told = ({ portMap }: Vm) => portMap.map((port) => `${port.guestPort}=${port.hostAddress}:${port.hostPort}`);
/** The same of what the machine of the VM really listens on. */
function listening(agent: TestAgent, vmId: string): string[] {
  const machine = [...agent.fakeHost.values()].find(({ spec }) => spec.id === vmId);
  const forwards: readonly PortForward[] = machine?.forwards.get(0) ?? [];
  return forwards.map((port) => `${port.guestPort}=${port.hostAddress}:${port.hostPort}`);
}

it('a running VM keeps the address it has, and gets the new one when it is started again', async () => {
  const before = await startTestAgent({ config: { hostAddress: OLD } });
  const request = {
    name: 'demo',
    groups: [{ osPrefix: 'tiny', ports: [{ protocol: 'tcp' as const, guestPort: 80 }] }],
  };
  const { vms } = await before.client.env.create(request);
  const [old] = vms;
  if (!old) throw new Error('no VM was made');
  await before.stop({ keep: true });

  const { home, fakeHost } = before;
  const agent = await startTestAgent({ home, fakeHost });
  const vmId = old.id;
  const show = () => agent.client.vm.show({ vmId });
  expect(told(await show())).toEqual(told(old));
  expect(listening(agent, vmId)).toEqual(told(old));

  // One goes, at the address it is really at; one comes, at the new address.
  await agent.client.vm.update({ vmId, ports: [{ protocol: 'tcp', guestPort: 443 }] });
  const changed = told(await show());
  expect(changed).toEqual([told(old)[0], expect.stringMatching(new RegExp(`^443=${NEW}:`))]);
  expect(listening(agent, vmId).toSorted()).toEqual(changed.toSorted());

  await agent.client.vm.stop({ vmId, graceS: 0 });
  await agent.client.vm.start({ vmId });
  const moved = changed.map((text) => text.replace(OLD, NEW));
  expect(told(await show())).toEqual(moved);
  expect(listening(agent, vmId)).toEqual(moved);
  await agent.stop();
});
