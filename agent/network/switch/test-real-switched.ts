// Test support: real guests on a switch, in one ENV `shop`, with a shell on each.
import path from 'node:path';
import { GuestShell } from '../../engines/guest-shell.ts';
import type { PortForward, RunningVm, VmSpec } from '../../engines/interface.ts';
import { QemuEngine } from '../../engines/qemu/qemu-engine.ts';
import { makeRealGuests, type RealGuests } from '../../engines/qemu/test-real-guest.ts';
import { until } from '../../testing/until.ts';
import { Plans } from '../contract-harness.ts';
import { FolderFiles, networkFolder } from './network-files.ts';
import { SwitchNetwork } from './switch-network.ts';
import { SwitchProcess, type SwitchProcessOptions } from './switch-process.ts';

/** For emulated guests on a busy machine. */
export const LOGIN_TIMEOUT_MS = 150_000;
const ADDRESS_TIMEOUT_MS = 60_000;

export interface SwitchedMachine {
  spec: VmSpec;
  vm: RunningVm;
  shell: GuestShell;
  ip: string;
}

export interface RealSwitched {
  guests: RealGuests;
  engine: QemuEngine;
  /** The process of switches, and how others find it. */
  runner: SwitchProcess;
  place: SwitchProcessOptions;
  machines: SwitchedMachine[];
  /** Starts a machine; resolves when it has the address. */
  start(spec: VmSpec, ip: string): Promise<SwitchedMachine>;
  /** Ends all that runs, and removes what there is of it. */
  remove(): Promise<void>;
}

/** Starts a machine of each name; `forwards` lead to the first. */
export async function startRealSwitched(names: readonly string[], forwards: PortForward[] = []): Promise<RealSwitched> {
  const guests = await makeRealGuests();
  const engine = new QemuEngine({ stateDirectory: guests.root, acceleration: 'tcg', confined: false });
  await engine.init();
  const directory = path.join(guests.root, 'switch');
  const place = { directory, command: [process.execPath, path.join(import.meta.dirname, '../../main.ts')] } as const;
  const runner = new SwitchProcess(place);
  const machines: SwitchedMachine[] = [];
  const start = async (spec: VmSpec, ip: string) => {
    const vm = await engine.start(spec);
    const shell = await GuestShell.login(vm.sockets.serial, { loginTimeoutMs: LOGIN_TIMEOUT_MS });
    const look = async () => (await shell.run('ip -4 -o addr show dev eth0 || true')).includes(`${ip}/24`);
    await until(`${spec.hostname} has its address`, look, ADDRESS_TIMEOUT_MS);
    return { spec, vm, shell, ip };
  };
  const remove = async () => {
    for (const { spec, vm, shell } of machines) {
      shell.close();
      await engine.stop(spec, vm.process);
    }
    await runner.end();
    await guests.remove();
  };
  try {
    const network = new SwitchNetwork({
      files: new FolderFiles(networkFolder(directory)),
      runner,
      runDirectoryOf: (vmId) => path.join(guests.root, 'run', vmId),
    });
    const plans = new Plans(network);
    const env = await plans.env('shop', names.length);
    const requests = names.map((name) => plans.nic(env, name));
    await network.setNet(requests);
    for (const [index, { vmId, hostname, nic }] of requests.entries()) {
      const user = { forwards: index === 0 ? forwards : [], denyOutgoing: false };
      const spec = { ...(await guests.makeSpec(vmId)), hostname, nics: [network.attachment(nic, user, env)] };
      machines.push(await start(spec, nic.ip ?? ''));
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { guests, engine, runner, place, machines, start, remove };
}
