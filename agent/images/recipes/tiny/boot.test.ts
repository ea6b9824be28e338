// Boots a freshly built image under emulation and uses it as TT does: serial login, guest agent, guest helper, power button.
// @module-tag deep
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestChannel } from '../../../guest-channel/guest-channel.ts';
import { runCommand } from '../../../host/run-command.ts';
import { testGuestHelper } from '../../../testing/build-guest-helper.ts';
import type { ImageManifest } from '../../manifest.ts';
import { buildTiny } from './build.ts';

const patienceMs = 60_000;
const stopQemu = new AbortController();
let folder = '';
let manifest: ImageManifest;
let qemu: Promise<unknown>;
let serial: LineTalk;
let monitor: LineTalk;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiny-boot-'));
  manifest = await buildTiny({
    cacheDirectory: join(tmpdir(), 'tt-tiny-test-cache'),
    outputDirectory: join(folder, 'image'),
    guestHelper: await testGuestHelper(),
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  const backing = ['-b', join(folder, 'image', manifest.disk.file), '-F', manifest.disk.format];
  const overlay = join(folder, 'overlay.qcow2');
  // Larger than the image, so that the guest has something to grow into.
  await runCommand('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, overlay, '3G'], { timeoutMs: patienceMs });
  qemu = runCommand('qemu-system-x86_64', qemuArguments(overlay), { timeoutMs: 600_000, signal: stopQemu.signal });
  // The tests await it where it matters; a failed start must not be an unhandled rejection before that.
  qemu.catch(() => {});
  serial = await LineTalk.open(join(folder, 'serial'));
  monitor = await LineTalk.open(join(folder, 'monitor'));
  monitor.send('{"execute":"qmp_capabilities"}');
});

afterAll(async () => {
  serial?.close();
  monitor?.close();
  stopQemu.abort();
  await qemu?.catch(() => {});
  await rm(folder, { recursive: true });
});

test('shows a coloured banner and its name, and lets root in', async () => {
  expect(await serial.waitFor('fox login: ', patienceMs)).toContain('\u001b[46m');
  serial.send('root');
  await serial.waitFor('Password: ', patienceMs);
  serial.send('tt');
  await serial.waitFor('# ', patienceMs);
});

test('answers through the guest agent', async () => {
  const agent = await LineTalk.open(join(folder, 'agent'));
  agent.send('{"execute":"guest-get-osinfo"}');
  expect(await agent.waitFor('\n', patienceMs)).toContain('"TT tiny"');
  agent.send('{"execute":"guest-exec","arguments":{"path":"/bin/true"}}');
  expect(await agent.waitFor('\n', patienceMs)).toContain('"pid"');
  agent.close();
});

test('brings the guest helper, which does not wake while no host is there', async () => {
  const switches = () => serial.ask('grep ctxt /proc/$(pidof tt-guest-helper)/status');
  await expect.poll(switches, { timeout: patienceMs, interval: 200 }).toContain('nonvoluntary_ctxt_switches');
  const asleep = `
    f=/proc/$(pidof tt-guest-helper)/status; a=$(grep ^vol $f); sleep 3; [ "$a" = "$(grep ^vol $f)" ] && echo SLE""PT`;
  expect(await serial.ask(asleep.trim())).toContain('SLEPT');

  const first = await GuestChannel.open(connect(join(folder, 'helper')), patienceMs);
  expect(first.isUpToDate).toBe(true);
  const { nics } = await first.report(patienceMs);
  expect(nics).toMatchObject([{ name: 'eth0', mac: expect.stringMatching(/^52:54:00:/) }]);
  const running = first.exec({ argv: ['sleep', '1234'], stdin: 'none' });
  running.exit.catch(() => {});
  await expect.poll(() => serial.ask('pidof sleep | wc -w'), { timeout: patienceMs, interval: 200 }).toMatch(/\b1\b/);
  first.close();
  // Its host has left, so nothing of it goes on; nobody has greeted yet.
  await expect.poll(() => serial.ask('pidof sleep | wc -w'), { timeout: patienceMs, interval: 200 }).toMatch(/\b0\b/);
  const second = await GuestChannel.open(connect(join(folder, 'helper')), patienceMs);
  const command = second.exec({ argv: ['id', '-u'], stdin: 'none' });
  command.stderr.resume();
  const [bytes] = (await once(command.stdout, 'data')) as [Buffer];
  expect([String(bytes), await command.exit]).toEqual(['0\n', { exitCode: 0, signal: null }]);
  second.close();
});

test('gets an address, starts ssh and grows its file system to the disk', async () => {
  const state = () => serial.ask('ip -4 addr show eth0; netstat -ltn; df -m / | tail -1');
  for (const wanted of [/inet 10\.0\.2\.15\/24/, /:22 /, /\/dev\/vda +30\d\d/]) {
    await expect.poll(state, { timeout: patienceMs, interval: 500 }).toMatch(wanted);
  }
});

test('keeps files over a reboot, which leaves the disk clean', async () => {
  await serial.ask('echo kept >/root/file');
  serial.send('reboot');
  await serial.waitFor('fox login: ', patienceMs);
  serial.send('root');
  await serial.waitFor('Password: ', patienceMs);
  serial.send('tt');
  await serial.waitFor('# ', patienceMs);
  expect(await serial.ask('cat /root/file; dmesg | grep -c "recovery complete"')).toMatch(/kept\s+0\s/);
});

test('switches off when the power button is pressed', async () => {
  // acpid comes up a moment after the login.
  await expect.poll(() => serial.ask('pidof acpid'), { timeout: patienceMs, interval: 200 }).toMatch(/\d+\s/);
  monitor.send('{"execute":"system_powerdown"}');
  await expect(qemu).resolves.toMatchObject({ exitCode: 0 });
});

/** Everything the guest needs, little else; the sockets are named after what is behind them. */
function qemuArguments(overlay: string): string[] {
  const { boot } = manifest;
  if (boot === null) throw new Error('The image has no kernel of its own.');
  const socket = (name: string) => ['-chardev', `socket,id=${name},path=${join(folder, name)},server=on,wait=off`];
  return [
    ['-nodefaults', '-no-user-config', '-machine', 'q35', '-accel', 'tcg,tb-size=32', '-m', '96'],
    ['-vga', 'std', '-display', 'none', ...socket('serial'), '-serial', 'chardev:serial'],
    [...socket('monitor'), '-mon', 'chardev=monitor,mode=control'],
    ['-device', 'virtio-serial-pci', ...socket('agent')],
    ['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
    [...socket('helper'), '-device', 'virtserialport,chardev=helper,name=com.tt.helper.0'],
    ['-drive', `if=none,id=disk,format=qcow2,file=${overlay}`, '-device', 'virtio-blk-pci,drive=disk'],
    ['-netdev', 'user,id=net,restrict=on', '-device', 'virtio-net-pci,netdev=net', '-device', 'virtio-rng-pci'],
    ['-kernel', join(folder, 'image', boot.kernel), '-initrd', join(folder, 'image', boot.initrd)],
    ['-append', `${boot.append} tt.hostname=fox`],
  ].flat();
}

/** A talk over a socket: what was said is kept until it is waited for. */
class LineTalk {
  readonly #socket: Socket;
  #heard = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.#heard += text;
    });
    socket.on('error', () => {});
  }

  /** QEMU makes its sockets a moment after it is started. */
  static async open(path: string): Promise<LineTalk> {
    for (let attempt = 0; ; attempt++) {
      const socket = connect(path);
      try {
        await once(socket, 'connect');
        return new LineTalk(socket);
      } catch (error) {
        if (attempt === 200) throw error;
        await sleep(25);
      }
    }
  }

  send(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  /** What was said up to and with `wanted`. */
  async waitFor(wanted: string, timeoutMs: number): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    while (!this.#heard.includes(wanted)) {
      if (Date.now() > deadline) throw new Error(`No ${JSON.stringify(wanted)} in ${JSON.stringify(this.#heard)}`);
      await sleep(10);
    }
    const end = this.#heard.indexOf(wanted) + wanted.length;
    const said = this.#heard.slice(0, end);
    this.#heard = this.#heard.slice(end);
    return said;
  }

  /** Runs a command line in the guest's shell and gives back what it printed, after the echo of the line. */
  async ask(commandLine: string): Promise<string> {
    // Quoted apart, so that the echo of the typed line is not taken for the mark.
    this.send(`${commandLine}; echo END""MARK`);
    const printed = await this.waitFor('ENDMARK', patienceMs);
    await this.waitFor('# ', patienceMs);
    return printed;
  }

  close(): void {
    this.#socket.destroy();
  }
}
