// Real guests on a switch: they see each other by name, reach out and are reached through their own QEMU, and need do nothing when
// the switch or one of them ends and comes back.
// @module-tag deep
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GuestShell } from '../../engines/guest-shell.ts';
import { identifyProcess, isRunning, signalProcess } from '../../host/process-identity.ts';
import { until } from '../../testing/until.ts';
import { SwitchProcess } from './switch-process.ts';
import { LOGIN_TIMEOUT_MS, type RealSwitched, startRealSwitched } from './test-real-switched.ts';

const ADDRESS_TIMEOUT_MS = 60_000;

let switched: RealSwitched;
let sshPort: number;
const [web, db] = [() => machine(0), () => machine(1)];

function machine(index: number) {
  const found = switched.machines[index];
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

const pings = async (from: { shell: GuestShell }, to: string) =>
  (await from.shell.run(`ping -c 1 -W 5 ${to} >/dev/null 2>&1 && echo yes || echo no`)) === 'yes';

beforeAll(async () => {
  sshPort = await freePort();
  const ssh = { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: sshPort, guestPort: 22 } as const;
  switched = await startRealSwitched(['web', 'db'], [ssh]);
}, 4 * LOGIN_TIMEOUT_MS);
afterAll(() => switched?.remove());

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
  await switched.runner.end();
  expect(await pings(db(), web().ip)).toBe(false);
  await switched.runner.apply([]);
  await until('they see each other again', () => pings(db(), web().ip), ADDRESS_TIMEOUT_MS);
  expect(await pings(web(), '10.213.0.1')).toBe(true);
});

it('need do nothing either when it hangs until it is killed, and their QEMU waits for it amid their frames', async () => {
  await db().shell.run(`echo 'exec cat >/dev/null' >/tmp/sink; nc -ll -p 9 -e /bin/sh /tmp/sink & true`);
  await web().shell.run(`for n in 1 2 3 4; do (cat /dev/zero | nc ${db().ip} 9 >/dev/null 2>&1 &); done; true`);
  const received = async () => Number(await db().shell.run('cat /sys/class/net/eth0/statistics/rx_packets'));
  await until('frames come', async () => (await received()) > 2_000, ADDRESS_TIMEOUT_MS);
  const identity = await identifyProcess(Number.parseInt((await switched.runner.run()) ?? '', 10));
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
  expect(await new SwitchProcess({ ...switched.place, answerTimeoutMs: 200 }).run()).toBeNull();
  expect(await isRunning(identity)).toBe(false);
  await until('QEMU goes on', answers, ADDRESS_TIMEOUT_MS);
  await web().shell.run('killall nc');
  await switched.runner.apply([]);
  await until('they see each other again', () => pings(web(), db().ip), ADDRESS_TIMEOUT_MS);
  await until('and out', () => pings(web(), '10.213.0.1'), ADDRESS_TIMEOUT_MS);
});

it('lose the cable and get it back, without harm to one whose switch is gone', async () => {
  await switched.runner.end();
  await db().vm.setLinks(false);
  await db().vm.setLinks(true);
  // A frame for a switch that is not there.
  expect(await pings(db(), web().ip)).toBe(false);
  await db().vm.setLinks(false);
  await switched.runner.apply([]);
  expect(await pings(web(), db().ip)).toBe(false);
  await db().vm.setLinks(true);
  await until('they see each other again', () => pings(web(), db().ip), ADDRESS_TIMEOUT_MS);
});

it('come back on the switch when they are started again', async () => {
  const { spec, vm, shell, ip } = db();
  shell.close();
  await switched.engine.stop(spec, vm.process);
  switched.machines[1] = await switched.start(spec, ip);
  await until('they see each other again', () => pings(web(), 'db'), ADDRESS_TIMEOUT_MS);
});
