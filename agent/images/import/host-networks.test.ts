// Public addresses of the host, and those of its neighbours, count as internal.
import type * as os from 'node:os';
import { expect, it, vi } from 'vitest';
import { httpGet } from './http-get.ts';
import { isInnerAddress } from './source-url.ts';

const interfaceWith = (cidrs: string[]) =>
  cidrs.map((cidr) => ({ address: cidr.split('/')[0], cidr, family: cidr.includes(':') ? 'IPv6' : 'IPv4' }));

vi.mock('node:os', async (original) => ({
  ...(await original<typeof os>()),
  networkInterfaces: () => ({
    eth0: interfaceWith(['203.0.113.5/25', '2606:4700:10::5/64']),
    wg0: interfaceWith(['198.51.100.9/32']),
  }),
}));

const inner = ['203.0.113.5', '203.0.113.77', '198.51.100.9', '2606:4700:10::5', '2606:4700:10:0:ffff::1'];
const outer = ['203.0.113.200', '198.51.100.10', '2606:4700:10:1::5', '1.1.1.1'];

it('an address of the host or of a network it is connected to is inside', () => {
  expect(inner.filter((address) => !isInnerAddress(address))).toEqual([]);
  expect(outer.filter((address) => isInnerAddress(address))).toEqual([]);
});

it('nothing is asked there for a user', async () => {
  for (const address of inner) {
    const url = new URL(`http://${address.includes(':') ? `[${address}]` : address}/disk.img`);
    const signal = AbortSignal.timeout(60_000);
    await expect(httpGet(url, { headers: {}, idleMs: 60_000, innerAllowed: false, signal })).rejects.toThrow(
      'it leads into the internal network of',
    );
  }
});
