// How real guests end, hang, reboot and outlive the agent: tests that do not apply to every engine.
// @module-tag deep
import { once } from 'node:events';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identifyProcess, isRunning, type ProcessIdentity, signalProcess } from '../../host/process-identity.ts';
import { runCommand, spawnProcess } from '../../host/run-command.ts';
import { until } from '../../testing/until.ts';
import { GuestShell } from '../guest-shell.ts';
import type { RunningVm, VmSpec } from '../interface.ts';
import { greetsBySsh } from '../ssh-greeting.ts';
import { shorten } from './log-limit.ts';
import { QemuEngine } from './qemu-engine.ts';
import { makeRealGuests, type RealGuests } from './test-real-guest.ts';

let guests: RealGuests;
let engine: QemuEngine;
let spec: VmSpec;
const leftovers: ProcessIdentity[] = [];

beforeEach(async () => {
  guests = await makeRealGuests();
  engine = await makeEngine();
  spec = await guests.makeSpec('vm1');
});
afterEach(async () => {
  for (const identity of leftovers.splice(0)) await signalProcess(identity, 'SIGKILL');
  await guests.remove();
});

async function makeEngine(): Promise<QemuEngine> {
  const made = new QemuEngine({ stateDirectory: guests.root, acceleration: 'tcg' });
  await made.init();
  return made;
}

async function start(): Promise<RunningVm> {
  const vm = await engine.start(spec);
  leftovers.push(vm.process);
  return vm;
}

it('reboots and powers off from inside, is heard by its agent, and reached by its forwarded port', async () => {
  const forward = { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: await freePort(), guestPort: 22 } as const;
  spec = { ...spec, nics: [{ kind: 'user', mac: '52:54:00:12:34:01', forwards: [forward], denyOutgoing: true }] };
  const vm = await start();
  let shell = await GuestShell.login(vm.sockets.serial);
  expect(await shell.run('hostname; grep -c tt.hostname=vm1 /proc/cmdline; cat /sys/class/dmi/id/product_uuid')).toBe(
    `vm1\n1\n${spec.uuid}`,
  );
  await until('SSH greets', () => greetsBySsh({ host: '127.0.0.1', port: forward.hostPort }, 1_000), 20_000);

  await until('the guest agent answers', () => vm.guestAnswers(1_000), 20_000);
  // A line that is busy says nothing about the guest.
  const holder = createConnection(vm.sockets.guestAgent);
  await once(holder, 'connect');
  await expect(vm.guestAnswers(1_000)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  holder.destroy();
  expect(await vm.guestAnswers(5_000)).toBe(true);

  // Cut while QEMU writes it: what follows starts at its head, without a hole.
  const serialLog = path.join(spec.runDirectory, 'serial.log');
  await shorten(serialLog, 1);
  await shell.run('echo after the cut');
  const text = await readFile(serialLog, 'utf8');
  expect([text.length < 1_000, text.includes('after the cut'), text.includes('\0')]).toEqual([true, true, false]);

  await shell.run('echo word > /dev/shm/word');
  await vm.reset();
  shell.close();
  shell = await GuestShell.login(vm.sockets.serial);
  await expect(shell.run('cat /dev/shm/word')).rejects.toThrow('No such file');
  expect(await isRunning(vm.process)).toBe(true);
  shell.close();

  // The paused guest is woken to hear the button.
  await vm.pause();
  await vm.powerDown(30_000);
  expect(await vm.exited).toMatchObject({ expected: true, reason: { code: 'poweredOff' } });
});

it('kills a QEMU that hangs, and does not take it for a dead one', async () => {
  const vm = await start();
  vm.detach();
  await signalProcess(vm.process, 'SIGSTOP');
  const next = await makeEngine();
  await expect(next.adopt(spec, vm.process)).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
  await expect(next.start(spec)).rejects.toMatchObject({ code: 'START_FAILED' });
  expect(await isRunning(vm.process)).toBe(true);
  await next.stop(spec, vm.process);
  expect(await isRunning(vm.process)).toBe(false);
});

it('rejects a power down that the guest ignores, and leaves it running', async () => {
  spec = { ...spec, boot: null };
  const vm = await start();
  await expect(vm.powerDown(300)).rejects.toMatchObject({ code: 'ENGINE_TIMEOUT' });
  expect(await vm.isPaused()).toBe(false);
});

it('leaves no process when a start is cancelled half-way, the program is missing, or its options are refused', async () => {
  // A QEMU that is busy for ever before it answers.
  const slow = path.join(guests.root, 'slow-qemu');
  await writeFile(
    slow,
    `#!/bin/sh\ncase $1 in --version|-object) exit 0;; esac\necho $$ > '${guests.root}/pid'\nexec sleep 60\n`,
  );
  await chmod(slow, 0o755);
  const slowEngine = new QemuEngine({ stateDirectory: guests.root, acceleration: 'tcg', binary: slow });
  await slowEngine.init();
  const abort = new AbortController();
  const starting = slowEngine.start(spec, { signal: abort.signal });
  const slowPid = async () => Number(await readFile(path.join(guests.root, 'pid'), 'utf8').catch(() => 0));
  await expect.poll(slowPid).toBeGreaterThan(0);
  abort.abort();
  await expect(starting).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await identifyProcess(await slowPid())).toBeNull();

  const missing = new QemuEngine({ stateDirectory: guests.root, binary: 'qemu-not-here' });
  await expect(missing.init()).rejects.toMatchObject({ code: 'ENGINE_MISSING' });

  await expect(engine.start({ ...spec, cpuCount: 100_000 })).rejects.toMatchObject({
    code: 'START_FAILED',
    logTail: [expect.stringContaining('env/vm1'), expect.stringContaining('100000')],
  });
  expect(await processesOf(spec)).toEqual([]);
});

it('keeps the guest when the agent is killed, and gives it to the next one', async () => {
  // An agent in a process of its own that starts the VM, says so, and is killed.
  const program = `
    import { writeFile } from 'node:fs/promises';
    import { QemuEngine } from ${JSON.stringify(path.join(import.meta.dirname, 'qemu-engine.ts'))};
    const engine = new QemuEngine(${JSON.stringify({ stateDirectory: guests.root, acceleration: 'tcg' })});
    await engine.init();
    const vm = await engine.start(${JSON.stringify(spec)});
    await writeFile(${JSON.stringify(path.join(guests.root, 'started.json'))}, JSON.stringify(vm.process));
    setInterval(() => {}, 1000);
  `;
  const agent = await spawnProcess(process.execPath, ['--input-type=module', '-e', program], { detached: true });
  const qemuPid = async () => (await readdir(guests.root)).includes('started.json') && (await processesOf(spec))[0];
  await expect.poll(qemuPid, { timeout: 20_000 }).toBeGreaterThan(0);
  // With its whole process group, as a terminal or a supervisor does.
  if (agent.pid === undefined) throw new Error('the agent was not started');
  process.kill(-agent.pid, 'SIGKILL');
  agent.ref();
  await once(agent, 'exit');

  const identity = await identifyProcess((await processesOf(spec))[0] ?? 0);
  if (!identity) throw new Error('the guest died with its agent');
  leftovers.push(identity);
  const vm = await engine.adopt(spec, identity);
  expect(await vm?.isPaused()).toBe(false);
  // Not our child any more, so only the socket and /proc can tell.
  await signalProcess(identity, 'SIGKILL');
  const killedAt = Date.now();
  expect(await vm?.exited).toMatchObject({ expected: false, reason: { code: 'crashed' } });
  expect(Date.now() - killedAt).toBeLessThan(2_000);
});

/** Pids of QEMU processes with the VM's run directory (a fresh one per test) in their arguments. */
async function processesOf({ runDirectory }: VmSpec): Promise<number[]> {
  const found = await runCommand('pgrep', ['-f', `qemu-system.*${runDirectory.replaceAll(',', ',,')}`], {
    timeoutMs: 5_000,
    okExitCodes: [0, 1],
  });
  return found.stdout.split('\n').filter(Boolean).map(Number);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
