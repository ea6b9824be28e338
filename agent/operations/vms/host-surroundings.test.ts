// Effects of the host on VMs on bridges, and how they are reported: other firewalls that drop their packets, and an address that
// changes.
import { afterEach, expect, it } from 'vitest';
import { FakeFirewall } from '../../firewall/fake-firewall.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

const DROP = { table: 'ip filter', chain: 'FORWARD', hook: 'forward', command: 'nft "let them"' } as const;
const WARNING = {
  code: 'foreignForwardDrop',
  data: { table: 'ip filter', chain: 'FORWARD', command: 'nft "let them"' },
  quote: null,
};

let agent: TestAgent;
afterEach(() => agent.stop());
const create = (name: string) => agent.client.env.create({ name, groups: [{ osPrefix: 'tiny' }] });
const hostWarnings = async () => (await agent.client.host.show()).warnings;

it('another firewall that drops is told with each ENV on bridges, with the host and in the log, until it lets them pass', async () => {
  const firewall = new FakeFirewall();
  firewall.dropElsewhere([DROP]);
  agent = await startTestAgent({ firewall, hostLookMs: 10, config: { network: 'nat' } });
  expect((await create('one')).warnings).toEqual([WARNING]);
  expect(await hostWarnings()).toEqual([WARNING]);
  firewall.dropElsewhere([]);
  await until('it is told no more', async () => (await hostWarnings()).length === 0);
  expect((await agent.client.env.show({ name: 'one' })).warnings).toEqual([]);
  const told = agent.log.filter(({ msg }) => msg.startsWith('another firewall'));
  expect(told.map(({ msg, chain }) => [msg, chain])).toEqual([
    ['another firewall drops packets of guests on bridges', 'FORWARD'],
    ['another firewall no longer drops packets of guests', 'FORWARD'],
  ]);
  const seen = agent.feed.flatMap((item) =>
    item.kind === 'event' && item.event.type === 'host.updated' ? [item.event.data.warnings.length] : [],
  );
  expect([seen[0], seen.at(-1)]).toEqual([1, 0]);
});

it('an ENV with user networking has nothing to do with it', async () => {
  const firewall = new FakeFirewall();
  firewall.dropElsewhere([DROP]);
  agent = await startTestAgent({ firewall });
  expect((await create('one')).warnings).toEqual([]);
});

it('ports are told at the address the host has now', async () => {
  let address = '192.0.2.1';
  agent = await startTestAgent({ hostAddress: () => address, hostLookMs: 10, config: { network: 'nat' } });
  const vmId = (await create('one')).vms[0]?.id ?? '';
  const told = async () => (await agent.client.vm.show({ vmId })).portMap.map(({ hostAddress }) => hostAddress);
  expect(await told()).toEqual(['192.0.2.1']);
  address = '198.51.100.7';
  await until('it has followed', async () => (await told()).join() === address);
  // Without a network the last one stays: 127.0.0.1 would lead nowhere.
  const before = agent.feed.length;
  address = '127.0.0.1';
  await create('two');
  await until('its events are there', () => agent.feed.length > before);
  expect(await told()).toEqual(['198.51.100.7']);
});
