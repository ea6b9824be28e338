// User networking: addresses no two VMs share, and forwards exactly as they were published.
import { expect, it } from 'vitest';
import { UserNetwork } from './user-network.ts';

const network = new UserNetwork();

it('makes MAC addresses of QEMU’s prefix, each once', () => {
  const taken = new Set<string>();
  for (let i = 0; i < 500; i++) taken.add(network.createMac(taken));
  expect([taken.size, [...taken].filter((mac) => !/^52:54:00(:[0-9a-f]{2}){3}$/.test(mac))]).toEqual([500, []]);
});

it('gives a VM one card with its forwards, and has nothing to remove', async () => {
  const portMap = [{ protocol: 'tcp' as const, guestPort: 22, hostPort: 40_000, hostAddress: '127.0.0.1' }];
  const request = { mac: '52:54:00:00:00:01', portMap, denyOutgoing: true };
  expect(await network.setNet(request)).toEqual([
    { kind: 'user', mac: '52:54:00:00:00:01', forwards: portMap, denyOutgoing: true },
  ]);
  await network.unsetNet();
});
