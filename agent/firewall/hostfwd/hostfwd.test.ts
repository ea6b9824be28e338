// Host ports for guests: never one that is in use by anybody, all or nothing, and given back.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HostfwdFirewall } from './hostfwd.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** `count` ports in a row that nobody uses. */
async function freeRange(count: number): Promise<number> {
  for (;;) {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    if (port + count < 65_536) return port;
  }
}

async function makeFirewall(count: number) {
  const firstPort = await freeRange(count);
  const options = { hostAddress: '127.0.0.1', firstPort, lastPort: firstPort + count - 1 };
  return { firewall: new HostfwdFirewall(options), firstPort, exhausted: { firstPort, lastPort: options.lastPort } };
}

const tcp = (guestPort: number) => ({ protocol: 'tcp' as const, guestPort });
const udp = (guestPort: number) => ({ protocol: 'udp' as const, guestPort });

describe('publishing', () => {
  it('gives each wanted port one of its own; tcp and udp have a range each', async () => {
    const { firewall } = await makeFirewall(8);
    const mappings = await firewall.publish([tcp(22), tcp(80), udp(53)]);
    expect(mappings).toMatchObject([tcp(22), tcp(80), udp(53)].map((port) => ({ ...port, hostAddress: '127.0.0.1' })));
    expect(new Set(mappings.map(({ protocol, hostPort }) => `${protocol}:${hostPort}`)).size).toBe(3);
  });

  it('leaves alone what something else listens on', async () => {
    const { firewall, firstPort } = await makeFirewall(3);
    const server = createServer().listen(firstPort, '127.0.0.1');
    await once(server, 'listening');
    const socket = createSocket('udp4').bind(firstPort + 1, '127.0.0.1');
    await once(socket, 'listening');
    closers.push(
      () => server.close(),
      () => socket.close(),
    );
    expect((await firewall.publish([tcp(22)])).map(({ hostPort }) => hostPort)).toEqual([firstPort + 1]);
    expect((await firewall.publish([udp(53)])).map(({ hostPort }) => hostPort)).toEqual([firstPort + 2]);
  });

  it('is all or nothing, and says which range is used up', async () => {
    const { firewall, exhausted } = await makeFirewall(3);
    await expect(firewall.publish([tcp(1), tcp(2), tcp(3), tcp(4)])).rejects.toMatchObject({
      code: 'PORTS_EXHAUSTED',
      data: exhausted,
    });
    expect(await firewall.publish([tcp(1), tcp(2), tcp(3)])).toHaveLength(3);
    await expect(firewall.publish([tcp(4)])).rejects.toMatchObject({ code: 'PORTS_EXHAUSTED' });
  });

  it('gives a port to one of two callers at once', async () => {
    const { firewall } = await makeFirewall(2);
    const both = await Promise.all([firewall.publish([tcp(22)]), firewall.publish([tcp(22)])]);
    expect(new Set(both.flat().map(({ hostPort }) => hostPort)).size).toBe(2);
  });
});

describe('taking back', () => {
  it('frees ports, as often as asked, but does not hand one out again at once', async () => {
    const { firewall, firstPort } = await makeFirewall(3);
    const first = await firewall.publish([tcp(22)]);
    await firewall.withdraw(first);
    await firewall.withdraw(first);
    const next = await firewall.publish([tcp(22), tcp(80)]);
    expect(next.map(({ hostPort }) => hostPort)).toEqual([firstPort + 1, firstPort + 2]);
    expect((await firewall.publish([tcp(443)]))[0]?.hostPort).toBe(firstPort);
  });

  it('keeps ports of VMs from before a restart', async () => {
    const { firewall, firstPort, exhausted } = await makeFirewall(2);
    firewall.restore([{ ...tcp(22), hostPort: firstPort, hostAddress: '127.0.0.1' }]);
    expect((await firewall.publish([tcp(22)]))[0]?.hostPort).toBe(firstPort + 1);
    await expect(firewall.publish([tcp(22)])).rejects.toMatchObject({ code: 'PORTS_EXHAUSTED', data: exhausted });
  });
});
