// Proved with packets: machines on a bridge of the host are machines of the network around it, with addresses of its DHCP server that
// their guest agents tell; copies get others, and fenced copies are not there. Real guests.
// @module-tag long
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLabAgent } from '../testing/network-lab/agent.ts';
import { type Lab, type LabHost, makeLab } from '../testing/network-lab/lab.ts';
import { LabProbe } from '../testing/network-lab/probe.ts';
import type { RealAgent } from '../testing/real-agent.ts';
import { until } from '../testing/until.ts';

const LOOK_MS = 120_000;

let lab: Lab;
let host: LabHost;
let agent: RealAgent;
let outside: LabProbe;

/** The administrator's bridge: the address of the host moves to it. And the DHCP server of the company. */
beforeAll(async () => {
  lab = await makeLab(['a']);
  host = lab.host('a');
  const ip = (...args: string[]) => host.exec('ip', args);
  const shown = JSON.parse(await ip('-json', 'link', 'show', 'dev', 'eth0')) as { address: string }[];
  await ip('link', 'add', 'name', 'br0', 'address', shown[0]?.address ?? '', 'type', 'bridge', 'forward_delay', '0');
  await ip('link', 'set', 'dev', 'eth0', 'master', 'br0');
  await ip('address', 'flush', 'dev', 'eth0');
  await ip('link', 'set', 'dev', 'br0', 'up');
  await ip('address', 'add', `${host.address}/24`, 'dev', 'br0');
  await ip('route', 'replace', 'default', 'via', lab.outside.address);
  const block = host.address.replace(/\.\d+$/, '');
  await lab.start(lab.outside, 'dnsmasq', [
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--no-resolv',
    '--no-hosts',
    '--port=0',
    '--interface=eth0',
    '--bind-interfaces',
    `--dhcp-range=${block}.50,${block}.90,255.255.255.0,1h`,
    '--dhcp-leasefile=/dev/null',
    '--pid-file=',
  ]);
  outside = await LabProbe.start(lab, lab.outside);
  agent = await startLabAgent(lab, host, ['--network', 'nat', '--bridge', 'br0']);
});
afterAll(() => lab?.remove());

const vmOf = async (name: string) => {
  const { vms } = await agent.client.env.show({ name });
  return vms[0] ?? expect.unreachable(`${name} has no VM`);
};
const addressOf = (name: string, other?: string) =>
  until(
    `${name} has an address`,
    async () => {
      const { ip } = await vmOf(name);
      return ip !== null && ip !== other ? ip : null;
    },
    LOOK_MS,
  );

it('has an address of the network around the host, and is reached there', async () => {
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', nics: [{ kind: 'bridge' }] }] });
  const ip = await addressOf('demo');
  expect(ip.split('.').slice(0, 3)).toEqual(host.address.split('.').slice(0, 3));
  await until('its ssh answers', () => outside.ask('tcp', ip, 22), LOOK_MS);
});

it('gives a copy that wakes there another address, and takes none from the original', async () => {
  const ip = await addressOf('demo');
  await agent.client.env.clone({ name: 'demo', newName: 'copy' });
  const { identity } = await vmOf('copy');
  expect([identity?.parts.mac, identity?.parts.address]).toEqual(['new', 'new']);
  const other = await addressOf('copy', ip);
  await until('the copy answers', () => outside.ask('tcp', other, 22), LOOK_MS);
  expect(await outside.ask('tcp', ip, 22)).toMatch(/^SSH-2\.0-/);
  await agent.client.env.delete({ name: 'copy' });
});

it('leaves a fenced copy its address, in a network where nothing of this one is', async () => {
  const ip = await addressOf('demo');
  await agent.client.env.clone({ name: 'demo', newName: 'fenced', fenced: true });
  await agent.client.env.stop({ name: 'demo' });
  expect(await addressOf('fenced')).toBe(ip);
  // The address is nobody's there now, though a running guest has it.
  expect(await outside.ask('tcp', ip, 22, 'silence')).toBeNull();
  await agent.client.env.delete({ name: 'fenced' });
});

it('leaves the bridge as it was', async () => {
  await agent.client.env.delete({ name: 'demo' });
  const links = JSON.parse(await host.exec('ip', ['-json', 'link', 'show', 'master', 'br0'])) as { ifname: string }[];
  expect(links.map(({ ifname }) => ifname)).toEqual(['eth0']);
  expect(await host.exec('nft', ['list', 'tables', 'bridge'])).toBe('');
});
