// Networks of the host as the kernel lists them.
import { expect, it } from 'vitest';
import { formatCidr } from '../address-pool.ts';
import { hostRoutes, readRoutes } from './host-routes.ts';

const TEXT = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
tun0\t0000D50A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
tun0\t0901A8C0\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
`;

it('reads all but the default route', () => {
  expect(readRoutes(TEXT).map(formatCidr)).toEqual(['192.0.2.0/24', '10.213.0.0/16', '192.168.1.9/32']);
  expect(readRoutes('')).toEqual([]);
  expect(readRoutes('Iface\nodd\tline\n')).toEqual([]);
});

it('finds none where the system has no such list', async () => {
  expect(await hostRoutes('/nowhere/route')).toEqual([]);
});
