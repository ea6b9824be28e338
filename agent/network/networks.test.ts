// Which driver a kind has, also when its bridge is gone: what was made with it must still go.
import { reason } from '@tt/protocol';
import { expect, it } from 'vitest';
import { NetworkError } from './errors.ts';
import { FakeLan } from './fake-lan.ts';
import { FakeNetwork } from './fake-network.ts';
import { Networks } from './networks.ts';
import { FakeSwitchHost } from './switch/fake-switch-host.ts';
import { SwitchNetwork } from './switch/switch-network.ts';

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

it('gives the switch for removal to an agent that may not use it', () => {
  const host = new FakeSwitchHost();
  const network = new SwitchNetwork({ files: host.files, runner: host, runDirectoryOf: (vmId) => `/run/${vmId}` });
  const problem = reason('network.FEATURE_UNSUPPORTED');
  const networks = new Networks([{ kind: 'switch', network, problem }], 'user');
  expect(networks.forRemoval('switch')).toBe(network);
  expect(() => networks.of('switch')).toThrow(unavailable('switch'));
  expect(new Networks([], 'user').forRemoval('switch')).toBeNull();
});

it('removes without a driver what is not configured any more', () => {
  const networks = new Networks([{ kind: 'bridge', network: null, problem: reason('notConfigured') }], 'user');
  expect(networks.forRemoval('bridge')).toBeNull();
  expect(() => networks.of('bridge')).toThrow(unavailable('bridge'));
  expect(networks.list()).toEqual([{ kind: 'bridge', problem: reason('notConfigured') }]);
});

it('offers a bridge that comes up after the agent', async () => {
  class Late extends FakeLan {
    isThere = false;

    override async init(): Promise<void> {
      if (!this.isThere) throw new NetworkError('BRIDGE_MISSING', 'br0 does not exist');
    }
  }
  const late = new Late({ agentTag: 'a1b2', device: 'br0' });
  const networks = new Networks([{ kind: 'bridge', network: late, problem: reason('network.BRIDGE_MISSING') }], 'user');
  expect(await networks.retry()).toEqual([]);
  expect(networks.list()[0]?.problem?.code).toBe('network.BRIDGE_MISSING');
  late.isThere = true;
  expect(await networks.retry()).toEqual(['bridge']);
  expect(networks.of('bridge')).toBe(late);
  expect(await networks.retry()).toEqual([]);
});
