// Which driver a kind has, also when its bridge is gone: what was made with it must still go.
import { reason } from '@tt/protocol';
import { expect, it } from 'vitest';
import { FakeLan } from './fake-lan.ts';
import { FakeNetwork } from './fake-network.ts';
import { Networks } from './networks.ts';

const nat = new FakeNetwork({ agentTag: 'a1b2' });
const lan = new FakeLan({ agentTag: 'a1b2', device: 'br0' });
const unavailable = (kind: string) =>
  expect.objectContaining({ code: 'NETWORK_UNAVAILABLE', data: expect.objectContaining({ kind }) });

it('gives drivers that can be used, and for removal also one whose bridge is missing', () => {
  const networks = new Networks(
    [
      { kind: 'nat', network: nat, problem: reason('network.NOT_ROOT') },
      { kind: 'bridge', network: lan, problem: reason('network.BRIDGE_MISSING') },
    ],
    'user',
  );
  expect(() => networks.of('bridge')).toThrow(unavailable('bridge'));
  expect(networks.forRemoval('bridge')).toBe(lan);
  expect(() => networks.forRemoval('nat')).toThrow(unavailable('nat'));
  expect(networks.usable()).toEqual([]);
});

it('removes without a driver what is not configured any more', () => {
  const networks = new Networks([{ kind: 'bridge', network: null, problem: reason('notConfigured') }], 'user');
  expect(networks.forRemoval('bridge')).toBeNull();
  expect(() => networks.of('bridge')).toThrow(unavailable('bridge'));
  expect(networks.list()).toEqual([{ kind: 'bridge', problem: reason('notConfigured') }]);
});
