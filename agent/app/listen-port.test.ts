// The agent's port and the ports of guests never overlap, whatever port range was configured before.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect, it } from 'vitest';
import type { VmRecord } from '../state/vm-record.ts';
import { chooseListenPort } from './listen-port.ts';

const request = { host: '127.0.0.1', port: 0, firstPort: 10_010, lastPort: 65_530, configFile: null };
const vmWith = (name: string, ...ports: number[]) =>
  ({ name, placement: { portMap: ports.map((hostPort) => ({ hostPort })) } }) as unknown as VmRecord;

it('a port of its own choice lies outside the range and is no guest’s', async () => {
  const vms = [vmWith('old/tiny-2-1', 10_000, 10_001, 10_002), vmWith('old/tiny-2-2', 65_531, 65_532, 65_533)];
  const allowed = [...range(10_003, 10_009), 65_534, 65_535];
  const wide = { ...request, firstPort: 12_000, lastPort: 65_535 };
  for (let round = 0; round < 20; round++) expect(await chooseListenPort(wide, vms)).toBeLessThan(12_000);
  // So narrow that chance would hit a wrong one; 200 tries may find none at all, and then it says so.
  const chosen = await chooseListenPort(request, vms).catch((error: Error) => error.message);
  if (typeof chosen === 'number') expect(allowed).toContain(chosen);
  else expect(chosen).toContain('outside the range of forwards (10010 to 65530)');
});

it('it is one that no connection out gets while the agent is started again, unless forwards have all of those', async () => {
  const usual = { ...request, firstPort: 40_000, lastPort: 59_999 };
  for (let round = 0; round < 20; round++) expect(await chooseListenPort(usual, [])).toBeLessThan(32_768);
  const low = { ...request, firstPort: 10_000, lastPort: 50_000 };
  expect(await chooseListenPort(low, [])).toBeGreaterThan(50_000);
});

it('a chosen port that leads to a guest is refused with the guest’s name', async () => {
  const chosen = { ...request, port: 30_005, firstPort: 40_000, lastPort: 59_999 };
  await expect(chooseListenPort(chosen, [vmWith('old/tiny-2-1', 30_004, 30_005)])).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'flags: listen.port: 30005 leads to old/tiny-2-1; choose another one',
  });
  expect(await chooseListenPort(chosen, [vmWith('old/tiny-2-1', 30_004)])).toBe(30_005);
});

it('a port that it had before is taken again, unless it is a guest’s, in the range, or taken', async () => {
  const wide = { ...request, firstPort: 65_530, lastPort: 65_535 };
  const holder = await listening();
  const taken = portOf(holder);
  try {
    expect(await chooseListenPort(wide, [], taken)).not.toBe(taken);
    expect(await chooseListenPort(wide, [vmWith('old/tiny-2-1', 30_004)], 30_004)).not.toBe(30_004);
    expect(await chooseListenPort(wide, [], 65_531)).toBeLessThan(65_530);
    expect(await chooseListenPort({ ...wide, port: 30_005 }, [], taken)).toBe(30_005);
  } finally {
    holder.close();
  }
  // Somebody else may get a port the moment it is free; not that often.
  const again = [];
  for (let round = 0; round < 5; round++) {
    const free = await listening();
    const before = portOf(free);
    await new Promise((resolve) => free.close(resolve));
    again.push((await chooseListenPort(wide, [], before)) === before);
  }
  expect(again).toContain(true);
});

async function listening(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

it('a range that leaves no port is refused', async () => {
  const all = { ...request, firstPort: 1_024, lastPort: 65_535 };
  await expect(chooseListenPort(all, [])).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
