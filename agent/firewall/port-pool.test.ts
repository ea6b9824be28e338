// Host ports for guests: never one in use, all or nothing, and released again.
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ownPorts } from '../testing/own-ports.ts';
import { PortPool } from './port-pool.ts';
import { isPortFree } from './probe-port.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** `count` ports in a row that nobody uses. */
async function freeRange(count: number): Promise<number> {
  const own = await ownPorts();
  for (;;) {
    const first = randomInt(own.firstPort, own.lastPort + 2 - count);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const probes = ports.flatMap((port) => [isPortFree('tcp', '0.0.0.0', port), isPortFree('udp', '0.0.0.0', port)]);
    if ((await Promise.all(probes)).every((isFree) => isFree)) return first;
  }
}

async function makePool(count: number, probeAddresses = ['127.0.0.1']) {
  const firstPort = await freeRange(count);
  const range = { firstPort, lastPort: firstPort + count - 1 };
  return { pool: new PortPool({ ...range, probeAddresses }), firstPort, exhausted: range };
}

async function occupyTcp(port: number, address = '127.0.0.1') {
  const server = createServer().listen(port, address);
  await once(server, 'listening');
  closers.push(() => server.close());
}

async function occupyUdp(port: number) {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  await once(socket, 'listening');
  closers.push(() => socket.close());
}

const tcp = (guestPort: number) => ({ protocol: 'tcp' as const, guestPort });
const udp = (guestPort: number) => ({ protocol: 'udp' as const, guestPort });

describe('reserving', () => {
  it('gives each wanted port one of its own, in their order', async () => {
    const { pool } = await makePool(8);
    const forwards = await pool.reserve([tcp(22), tcp(80), udp(53), tcp(22)]);
    expect(forwards).toMatchObject([tcp(22), tcp(80), udp(53), tcp(22)]);
    expect(new Set(forwards.map(({ protocol, hostPort }) => `${protocol}:${hostPort}`)).size).toBe(4);
  });

  it('has each number once for tcp and once for udp', async () => {
    const { pool, firstPort, exhausted } = await makePool(1);
    expect(await pool.reserve([tcp(22), udp(22)])).toMatchObject([{ hostPort: firstPort }, { hostPort: firstPort }]);
    await expect(pool.reserve([udp(53)])).rejects.toMatchObject({ code: 'PORTS_EXHAUSTED', data: exhausted });
  });

  it('leaves alone what something else listens on', async () => {
    const { pool, firstPort } = await makePool(3);
    await occupyTcp(firstPort);
    await occupyUdp(firstPort + 1);
    expect((await pool.reserve([tcp(22)])).map(({ hostPort }) => hostPort)).toEqual([firstPort + 1]);
    expect((await pool.reserve([udp(53)])).map(({ hostPort }) => hostPort)).toEqual([firstPort + 2]);
  });

  it('keeps the order of what is wanted when ports in between are in use', async () => {
    const { pool, firstPort } = await makePool(5);
    await occupyTcp(firstPort);
    await occupyTcp(firstPort + 2);
    const forwards = await pool.reserve([tcp(1), tcp(2), tcp(3)]);
    expect(forwards).toMatchObject([tcp(1), tcp(2), tcp(3)]);
    expect(new Set(forwards.map(({ hostPort }) => hostPort - firstPort))).toEqual(new Set([1, 3, 4]));
  });

  it('asks every probe address, and sees a listener on one address when it asks for all', async () => {
    const { firstPort } = await makePool(2);
    const range = { firstPort, lastPort: firstPort + 1 };
    await occupyTcp(firstPort, '127.0.0.2');
    for (const probeAddresses of [['127.0.0.1', '127.0.0.2'], ['0.0.0.0']]) {
      const pool = new PortPool({ ...range, probeAddresses });
      expect((await pool.reserve([tcp(22)]))[0]?.hostPort).toBe(firstPort + 1);
    }
    const stranger = new PortPool({ ...range, probeAddresses: ['192.0.2.1'] });
    await expect(stranger.reserve([tcp(22)])).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  it('is all or nothing, and says which range is used up', async () => {
    const { pool, exhausted } = await makePool(3);
    await expect(pool.reserve([tcp(1), tcp(2), tcp(3), tcp(4)])).rejects.toMatchObject({
      code: 'PORTS_EXHAUSTED',
      data: exhausted,
    });
    expect(await pool.reserve([tcp(1), tcp(2), tcp(3)])).toHaveLength(3);
    await expect(pool.reserve([tcp(4)])).rejects.toMatchObject({ code: 'PORTS_EXHAUSTED' });
  });

  it('ends when all that is left is in use by others, and finds it when they go', async () => {
    const { pool, firstPort } = await makePool(2);
    await occupyTcp(firstPort);
    await occupyTcp(firstPort + 1);
    await expect(pool.reserve([tcp(22)])).rejects.toMatchObject({ code: 'PORTS_EXHAUSTED' });
    for (const close of closers.splice(0)) close();
    await expect
      .poll(() =>
        pool.reserve([tcp(22), tcp(80)]).then(
          (all) => all.length,
          () => 0,
        ),
      )
      .toBe(2);
  });

  it('gives a port to one of many callers at once', async () => {
    const { pool } = await makePool(40);
    const all = await Promise.all(Array.from({ length: 20 }, () => pool.reserve([tcp(22), tcp(80)])));
    expect(new Set(all.flat().map(({ hostPort }) => hostPort)).size).toBe(40);
  });
});

describe('taking back', () => {
  it('frees ports, as often as asked, but does not hand one out again at once', async () => {
    const { pool, firstPort } = await makePool(3);
    const first = await pool.reserve([tcp(22)]);
    pool.release(first);
    pool.release(first);
    const next = await pool.reserve([tcp(22), tcp(80)]);
    expect(next.map(({ hostPort }) => hostPort)).toEqual([firstPort + 1, firstPort + 2]);
    expect((await pool.reserve([tcp(443)]))[0]?.hostPort).toBe(firstPort);
  });

  it('keeps ports of VMs from before a restart', async () => {
    const { pool, firstPort, exhausted } = await makePool(2);
    pool.restore([{ ...tcp(22), hostPort: firstPort }]);
    expect((await pool.reserve([tcp(22)]))[0]?.hostPort).toBe(firstPort + 1);
    await expect(pool.reserve([tcp(22)])).rejects.toMatchObject({ code: 'PORTS_EXHAUSTED', data: exhausted });
  });
});
