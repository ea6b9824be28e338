// User networking passes the contract, and reports what it does not support.
import { expect, it } from 'vitest';
import { describeNetworkContract } from '../network.contract.ts';
import { UserNetwork } from './user-network.ts';

describeNetworkContract('user', async () => ({
  network: new UserNetwork(),
  another: () => new UserNetwork(),
  // It has no way to make one: the class starts no program.
  interfaces: async () => [],
  remove: async () => {},
}));

it('refuses a limit it could not keep', async () => {
  const network = new UserNetwork();
  const env = await network.planEnv({ envName: 'shop', nicCount: 1 }, []);
  expect(env).toEqual({ kind: 'user', envName: 'shop', number: 1, cidr: null, vni: null });
  const limited = () => network.planNic(env, { bandwidthMbps: 10 }, { macs: new Set() });
  expect(limited).toThrow(expect.objectContaining({ code: 'FEATURE_UNSUPPORTED' }));
  expect(network.checkFeatures(['bandwidth', 'names', 'portForward'])).toEqual(['bandwidth', 'names']);
});
