// Real guests on a switch: they see each other by name, reach out and are reached through their own QEMU, and need do nothing when
// the switch or one of them ends and comes back.
// @module-tag deep
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GuestShell } from '../../engines/guest-shell.ts';
import type { PortForward, RunningVm, VmSpec } from '../../engines/interface.ts';
import { QemuEngine } from '../../engines/qemu/qemu-engine.ts';
import { makeRealGuests, type RealGuests } from '../../engines/qemu/test-real-guest.ts';
import { identifyProcess, isRunning, signalProcess } from '../../host/process-identity.ts';
import { until } from '../../testing/until.ts';
import { Plans } from '../contract-harness.ts';
import { FolderFiles, networkFolder } from './network-files.ts';
import { SwitchNetwork } from './switch-network.ts';
import { SwitchProcess, type SwitchProcessOptions } from './switch-process.ts';

/** For emulated guests on a busy machine. */
const LOGIN_TIMEOUT_MS = 150_000;
const ADDRESS_TIMEOUT_MS = 60_000;

let guests: RealGuests;
let engine: QemuEngine;
let runner: SwitchProcess;
let place: SwitchProcessOptions;
let sshPort: number;
const machines: { spec: VmSpec; vm: RunningVm; shell: GuestShell; ip: string }[] = [];
const [web, db] = [() => machine(0), () => machine(1)];

function machine(index: number) {
  const found = machines[index];
  if (!found) throw new Error(`there is no machine ${index}`);
  return found;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function start(spec: VmSpec, ip: string) {
  const vm = await engine.start(spec);
  const shell = await GuestShell.login(vm.sockets.serial, { loginTimeoutMs: LOGIN_TIMEOUT_MS });
  const look = async () => (await shell.run('ip -4 -o addr show dev eth0 || true')).includes(`${ip}/24`);
  await until(`${spec.hostname} has its address`, look, ADDRESS_TIMEOUT_MS);
  return { spec, vm, shell, ip };
}

const pings = async (from: { shell: GuestShell }, to: string) =>
  (await from.shell.run(`ping -c 1 -W 5 ${to} >/dev/null 2>&1 && echo yes || echo no`)) === 'yes';

beforeAll(async () => {
  guests = await makeRealGuests();
  engine = new QemuEngine({ stateDirectory: guests.root, acceleration: 'tcg', confined: false });
  await engine.init();
  const directory = path.join(guests.root, 'switch');
  const files = new FolderFiles(networkFolder(directory));
  place = { directory, command: [process.execPath, path.join(import.meta.dirname, '../../main.ts')] };
  runner = new SwitchProcess(place);
  const runDirectoryOf = (vmId: string) => path.join(guests.root, 'run', vmId);
  const network = new SwitchNetwork({ files, runner, runDirectoryOf });
  const plans = new Plans(network);
  const env = await plans.env('shop', 2);
  const requests = [plans.nic(env, 'web'), plans.nic(env, 'db')];
  await network.setNet(requests);
  sshPort = await freePort();
  const ssh: PortForward = { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: sshPort, guestPort: 22 };
  for (const { vmId, hostname, nic } of requests) {
    const forwards = hostname === 'web' ? [ssh] : [];
    const nics = [network.attachment(nic, { forwards, denyOutgoing: false }, env)];
    const spec = { ...(await guests.makeSpec(vmId)), hostname, nics };
    machines.push(await start(spec, nic.ip ?? ''));
  }
}, 4 * LOGIN_TIMEOUT_MS);
afterAll(async () => {
  for (const { spec, vm, shell } of machines) {
    shell.close();
    await engine.stop(spec, vm.process);
  }
  await runner.end();
  await guests.remove();
});

it('see each other, by address and by name, and each its own way out', async () => {
  expect(await pings(web(), db().ip)).toBe(true);
  expect(await pings(db(), 'web')).toBe(true);
  expect(await pings(web(), 'db.shop.tt')).toBe(true);
  expect(await pings(web(), '10.213.0.1')).toBe(true);
  expect(await web().shell.run('ip route show default')).toContain('10.213.0.1');
});

it('are reached at forwarded ports', async () => {
  const greeting = async () => {
    const socket = createConnection({ host: '127.0.0.1', port: sshPort });
    socket.on('error', () => {});
    const heard = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [''])]);
    socket.destroy();
    return String(heard[0]);
  };
  await until('ssh answers', async () => (await greeting()).startsWith('SSH-2.0-'), ADDRESS_TIMEOUT_MS);
});

it('need do nothing when the switch ends and comes back', async () => {
  await runner.end();
  expect(await pings(db(), web().ip)).toBe(false);
  await runner.apply([]);
  await until('they see each other again', () => pings(db(), web().ip), ADDRESS_TIMEOUT_MS);
  expect(await pings(web(), '10.213.0.1')).toBe(true);
});

it('need do nothing either when it hangs until it is killed, and their QEMU waits for it amid their frames', async () => {
  await db().shell.run(`echo 'exec cat >/dev/null' >/tmp/sink; nc -ll -p 9 -e /bin/sh /tmp/sink & true`);
  await web().shell.run(`for n in 1 2 3 4; do (cat /dev/zero | nc ${db().ip} 9 >/dev/null 2>&1 &); done; true`);
  const received = async () => Number(await db().shell.run('cat /sys/class/net/eth0/statistics/rx_packets'));
  await until('frames come', async () => (await received()) > 2_000, ADDRESS_TIMEOUT_MS);
  const identity = await identifyProcess(Number.parseInt((await runner.run()) ?? '', 10));
  if (!identity) throw new Error('no switch runs');
  await signalProcess(identity, 'SIGSTOP');
  // QEMU's end of the socket is a blocking one.
  const answers = () =>
    Promise.race([
      web()
        .vm.isPaused()
        .then(() => true),
      delay(2_000, false),
    ]);
  await until('QEMU waits', async () => !(await answers()), ADDRESS_TIMEOUT_MS);
  expect(await new SwitchProcess({ ...place, answerTimeoutMs: 200 }).run()).toBeNull();
  expect(await isRunning(identity)).toBe(false);
  await until('QEMU goes on', answers, ADDRESS_TIMEOUT_MS);
  await web().shell.run('killall nc');
  await runner.apply([]);
  await until('they see each other again', () => pings(web(), db().ip), ADDRESS_TIMEOUT_MS);
  await until('and out', () => pings(web(), '10.213.0.1'), ADDRESS_TIMEOUT_MS);
});

it('lose the cable and get it back, without harm to one whose switch is gone', async () => {
  await runner.end();
  await db().vm.setLinks(false);
  await db().vm.setLinks(true);
  // A frame for a switch that is not there.
  expect(await pings(db(), web().ip)).toBe(false);
  await db().vm.setLinks(false);
  await runner.apply([]);
  expect(await pings(web(), db().ip)).toBe(false);
  await db().vm.setLinks(true);
  await until('they see each other again', () => pings(web(), db().ip), ADDRESS_TIMEOUT_MS);
});

it('come back on the switch when they are started again', async () => {
  const { spec, vm, shell, ip } = db();
  shell.close();
  await engine.stop(spec, vm.process);
  machines[1] = await start(spec, ip);
  await until('they see each other again', () => pings(web(), 'db'), ADDRESS_TIMEOUT_MS);
});
