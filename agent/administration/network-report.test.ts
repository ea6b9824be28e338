// Networks of ENVs with addresses: leases, what is left of a block and of the pool, and fenced twins, which share a block.
import { expect, it } from 'vitest';
import { MOST_ENV_NETWORKS } from '@tt/protocol';
import { FakeNetwork } from '../network/fake-network.ts';
import type { EnvNetwork } from '../network/interface.ts';
import { Networks } from '../network/networks.ts';
import { networkReport } from './network-report.ts';

type Sources = Parameters<typeof networkReport>[0];

function sources(envs: readonly { name: string; networks: EnvNetwork[]; ips: (string | null)[] }[]): Sources {
  const nat = new FakeNetwork({ agentTag: 'ab12' });
  const nics = (ips: (string | null)[]) => ips.map((ip) => ({ kind: 'nat', mac: 'm', ip, tap: 't' }));
  return {
    networks: new Networks([{ kind: 'nat', network: nat, problem: null }], 'nat'),
    settings: { current: { natPool: '10.210.0.0/16', flatPool: '10.200.0.0/16' } },
    inventory: {
      envs: () => envs.map(({ name, networks }) => ({ name, networks })),
      vmsOf: (envName: string) =>
        envs
          .filter(({ name }) => name === envName)
          .map(({ ips }) => ({ spec: { nics: ips.map(() => ({ kind: 'nat' })) }, placement: { nics: nics(ips) } })),
    },
  } as unknown as Sources;
}

const network = (envName: string, number: number, cidr: string, fenced = false): EnvNetwork => ({
  kind: 'nat',
  envName,
  number,
  cidr,
  vni: null,
  ...(fenced && { fenced }),
});

it('counts leases, and what is left of each block and of the pool', () => {
  const report = networkReport(
    sources([
      { name: 'one', networks: [network('one', 1, '10.210.0.0/24')], ips: ['10.210.0.2', '10.210.0.3', null] },
      { name: 'large', networks: [network('large', 2, '10.210.8.0/21')], ips: [] },
      { name: 'twin', networks: [network('twin', 3, '10.210.0.0/24', true)], ips: ['10.210.0.2'] },
      // Of a pool that was configured before.
      { name: 'old', networks: [network('old', 4, '10.99.0.0/24')], ips: [] },
    ]),
  );
  expect(report.kinds).toEqual([
    {
      kind: 'nat',
      problem: null,
      isDefault: true,
      pool: '10.210.0.0/16',
      addressesLeft: 65_536 - 256 - 2048,
    },
  ]);
  expect(
    report.networks.map(({ envName, nics, leases, addressesLeft, isFenced }) => [
      envName,
      nics,
      leases,
      addressesLeft,
      isFenced,
    ]),
  ).toEqual([
    ['one', 3, 2, 251, false],
    ['large', 0, 0, 2045, false],
    ['twin', 1, 1, 252, true],
    ['old', 0, 0, 253, false],
  ]);
  expect(report.networks[0]?.bridge).toMatch(/^ttbab12/);
  expect(report.leftOut).toBe(0);
});

it('tells no more networks than an answer may have', () => {
  const envs = Array.from({ length: MOST_ENV_NETWORKS + 7 }, (_, number) => ({
    name: `env-${number}`,
    networks: [network(`env-${number}`, number, '10.210.0.0/24')],
    ips: [],
  }));
  const report = networkReport(sources(envs));
  expect([report.networks.length, report.leftOut]).toEqual([MOST_ENV_NETWORKS, 7]);
});
