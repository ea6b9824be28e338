// The driver of switched networks: the contract, with the fake and with real sockets, and what it chooses.
import { expect, it } from 'vitest';
import { FakeSwitchHost } from './fake-switch-host.ts';
import { FolderFiles, networkFolder } from './network-files.ts';
import { LocalRunner } from './runner.ts';
import { SwitchNetwork, type SwitchOptions } from './switch-network.ts';
import { describeSwitchedContract } from './switched.contract.ts';
import { fakeHarness, socketHarness } from './test-switched-harness.ts';

describeSwitchedContract('fake switch', async () => fakeHarness());
describeSwitchedContract('switch over sockets', () =>
  socketHarness(
    (directory) => new LocalRunner({ files: new FolderFiles(networkFolder(directory)) }),
    (runner) => runner.end(),
  ),
);

function make(options: Partial<SwitchOptions> = {}) {
  const host = new FakeSwitchHost();
  return new SwitchNetwork({ files: host.files, runner: host, runDirectoryOf: (vmId) => `/run/${vmId}`, ...options });
}

it('keeps clear of other networks and of the routes of its host', async () => {
  const network = make({ routes: async () => [{ base: 0x0a_d5_00_00, prefixLength: 23 }] });
  const taken = [{ kind: 'nat', envName: 'other', number: 1, cidr: '10.213.2.0/24', vni: null } as const];
  expect(await network.planEnv({ envName: 'shop', nicCount: 1 }, taken)).toEqual({
    kind: 'switch',
    envName: 'shop',
    number: 2,
    cidr: '10.213.3.0/24',
    vni: null,
  });
  // The name server has an address too.
  expect(await network.planEnv({ envName: 'shop', nicCount: 253 }, taken)).toMatchObject({ cidr: '10.213.4.0/23' });
});

it('gives its NICs addresses behind those of gateway and name server, and refuses a limit it could not keep', async () => {
  const network = make();
  const env = await network.planEnv({ envName: 'shop', nicCount: 1 }, []);
  const taken = { nics: [], macs: new Set<string>() };
  expect(network.planNic(env, { bandwidthMbps: null }, taken)).toEqual({
    kind: 'switch',
    mac: expect.stringMatching(/^52:54:00:/),
    ip: '10.213.0.3',
    tap: null,
    bandwidthMbps: null,
  });
  const limited = () => network.planNic(env, { bandwidthMbps: 10 }, taken);
  expect(limited).toThrow(expect.objectContaining({ code: 'FEATURE_UNSUPPORTED' }));
  expect(network.checkFeatures(['bandwidth', 'names', 'portForward', 'severalHosts'])).toEqual([
    'bandwidth',
    'severalHosts',
  ]);
});

it('writes a file again that can’t be read, and removes it if nobody knows its network', async () => {
  const host = new FakeSwitchHost();
  const network = make({ files: host.files, runner: host });
  const env = await network.planEnv({ envName: 'shop', nicCount: 1 }, []);
  const nic = network.planNic(env, { bandwidthMbps: null }, { nics: [], macs: new Set() });
  const request = { env, vmId: 'web', hostname: 'web', nic, index: 0, ownerUid: null };
  await network.setNet([request]);
  host.files.breakFile(env.number);
  await network.setNet([request]);
  expect(await host.files.read(env.number)).toMatchObject({ nics: [{ mac: nic.mac }] });
  host.files.breakFile(env.number);
  expect(await network.sweep({ envs: [env], nics: [nic] })).toEqual([expect.stringContaining('could not be read')]);
  expect(await host.files.numbers()).toEqual([]);
});

it('is not for an agent of root, whose VMs have users of their own', async () => {
  await expect(make({ isRoot: true }).init()).rejects.toMatchObject({ code: 'FEATURE_UNSUPPORTED' });
});
