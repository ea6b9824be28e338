// Test support: the contract's harnesses of switched networks. In the test's own process, or with the real process of switches; guests
// are sockets on which a test listens as QEMU does.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nicSockets } from '../../engines/nic-sockets.ts';
import type { NicRequest } from '../interface.ts';
import { FakeSwitchHost } from './fake-switch-host.ts';
import { FolderFiles, networkFolder } from './network-files.ts';
import type { SwitchRunner } from './runner.ts';
import { SwitchNetwork } from './switch-network.ts';
import type { SwitchedHarness } from './switched.contract.ts';
import { fakeWire, socketWire } from './test-switched-guest.ts';

const TINY_POOL = '10.250.7.0/24';

/** `kill`: ends its run as a crash would. */
export async function socketHarness<Runner extends SwitchRunner>(
  makeRunner: (directory: string) => Runner,
  kill: (runner: Runner) => Promise<void>,
): Promise<SwitchedHarness> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-sw-'));
  const directory = path.join(folder, 'switch');
  const files = new FolderFiles(networkFolder(directory));
  const runner = makeRunner(directory);
  const runDirectoryOf = (vmId: string) => path.join(folder, 'run', vmId);
  const another = ({ pool }: { pool?: string } = {}) =>
    new SwitchNetwork({ files, runner, runDirectoryOf, ...(pool !== undefined && { pool }) });
  return {
    network: another(),
    another,
    // It has no way to make one.
    interfaces: async () => [],
    async plugIn({ vmId, index }: NicRequest) {
      await mkdir(runDirectoryOf(vmId), { recursive: true, mode: 0o700 });
      return socketWire(nicSockets(runDirectoryOf(vmId), index));
    },
    kill: () => kill(runner),
    run: () => runner.run(),
    breakFile: ({ number }) => writeFile(path.join(networkFolder(directory), `${number}.json`), '{'),
    tinyPool: TINY_POOL,
    async remove() {
      await runner.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function fakeHarness(): SwitchedHarness {
  const host = new FakeSwitchHost();
  const runDirectoryOf = (vmId: string) => path.join('/fake', vmId);
  const another = ({ pool }: { pool?: string } = {}) =>
    new SwitchNetwork({ files: host.files, runner: host, runDirectoryOf, ...(pool !== undefined && { pool }) });
  return {
    network: another(),
    another,
    interfaces: async () => [],
    plugIn: async (request) => fakeWire(host, request),
    kill: () => host.end(),
    run: () => host.run(),
    breakFile: async ({ number }) => host.files.breakFile(number),
    tinyPool: TINY_POOL,
    remove: async () => {},
  };
}
