// Test support: the contract's harness for networks that need a kernel. A namespace is the host; guests are namespaces too.
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { identifyProcess } from '../host/process-identity.ts';
import type { Run } from './bridged/host-links.ts';
import type { BridgedHarness } from './contract-harness.ts';
import type { EnvNetwork, Network } from './interface.ts';
import { endProcess, TestGuest, TestNamespace } from './test-namespace.ts';

export interface DriverOptions {
  agentTag: string;
  stateDirectory: string;
  run: Run;
  pool?: string;
}

export async function makeBridgedHarness(makeNetwork: (options: DriverOptions) => Network): Promise<BridgedHarness> {
  const host = await TestNamespace.make();
  const directory = await mkdtemp(path.join(tmpdir(), 'tt-network-'));
  // dnsmasq reads its files as another user.
  await chmod(directory, 0o755);
  const folderOf = (agentTag: string) => path.join(directory, agentTag);
  const another = ({ agentTag = 'a1b2', pool }: { agentTag?: string; pool?: string } = {}) =>
    makeNetwork({
      agentTag,
      stateDirectory: folderOf(agentTag),
      run: host.run,
      ...(pool === undefined ? {} : { pool }),
    });
  const network = another();
  const serverOf = async (env: EnvNetwork) => {
    const file = path.join(folderOf('a1b2'), network.bridgeOf(env) ?? '', 'pid');
    const pid = Number(await readFile(file, 'utf8').catch(() => ''));
    return pid > 0 ? await identifyProcess(pid) : null;
  };
  return {
    network,
    another,
    interfaces: () => host.interfaces(),
    plugIn: (nic) => TestGuest.plugIn(host, nic),
    async killServer(env) {
      const server = await serverOf(env);
      if (server === null) throw new Error('no server to kill');
      await endProcess(server.pid);
    },
    async serverRun(env) {
      const server = await serverOf(env);
      return server && `${server.pid} since ${server.startTicks}`;
    },
    tinyPool: '10.250.7.0/24',
    async remove() {
      await host.remove();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
