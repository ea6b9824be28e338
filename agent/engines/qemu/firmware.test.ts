// What a machine boots from, and CDs that are changed meanwhile: with media of a few bytes of code that identify themselves on
// the serial port. UEFI up to its shell, whose variables are reverted with a snapshot. And the time of the hardware clock.
// @module-tag deep
import { rm, writeFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runCommand } from '../../host/run-command.ts';
import { until } from '../../testing/until.ts';
import { ramFileOf } from '../contract-harness.ts';
import type { RunningVm, VmSpec } from '../interface.ts';
import { QemuEngine } from './qemu-engine.ts';
import { makeRealGuests, type RealGuests } from './test-real-guest.ts';

const OVMF = '/usr/share/OVMF';
let guests: RealGuests;
let engine: QemuEngine;
let base: VmSpec;
const started: { spec: VmSpec; vm: RunningVm }[] = [];

beforeAll(async () => {
  guests = await makeRealGuests();
  engine = new QemuEngine({ stateDirectory: guests.root, acceleration: 'tcg' });
  await engine.init();
  const disk = path.join(guests.root, 'disk.raw');
  await writeFile(disk, bootSector('the disk'));
  await run('truncate', '-s', '8M', disk, `${disk}.empty`);
  base = {
    ...(await guests.makeSpec('vm1')),
    boot: null,
    nics: [],
    disks: [{ name: 'disk0', path: disk, format: 'raw', backing: null, limits: null }],
    cds: [
      { name: 'cd0', path: null },
      { name: 'cd1', path: null },
    ],
  };
});
afterAll(async () => {
  await Promise.all(started.map(({ spec, vm }) => engine.stop(spec, vm.process)));
  await guests.remove();
});

const run = (command: string, ...args: string[]) => runCommand(command, args, { timeoutMs: 30_000 });

/** Code that a BIOS starts at 0x7c00: it writes `boots <name>` to the first serial port, and stops. */
function bootSector(name: string): Buffer {
  const sector = Buffer.alloc(2048);
  // xor ax,ax; mov ds,ax; mov si,0x7c15; mov dx,0x3f8; next: lodsb; test al,al; jz end; out dx,al; jmp next; end: hlt; jmp end
  sector.write('31c08ed8be157cbaf803ac84c07403eeebf8f4ebfd', 'hex');
  sector.write(`boots ${name}\n`, 0x15, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

/** Code that a BIOS starts: it writes the hour of the hardware clock to the first serial port, like `07h`, and stops. */
function hourSector(): Buffer {
  const sector = Buffer.alloc(2048);
  // mov al,4; out 0x70,al; in al,0x71; mov ah,al; mov dx,0x3f8; shr al,4; add al,'0'; out dx,al; mov al,ah; and al,15; add al,'0';
  // out dx,al; mov al,'h'; out dx,al; end: hlt; jmp end
  sector.write('b004e670e47188c4baf803c0e8040430ee88e0240f0430eeb068eef4ebfd', 'hex');
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

async function makeCd(name: string): Promise<string> {
  const folder = path.join(guests.root, name);
  const iso = `${folder}.iso`;
  await run('mkdir', folder);
  await writeFile(path.join(folder, 'boot.bin'), bootSector(name));
  const boot = ['-b', 'boot.bin', '-no-emul-boot', '-boot-load-size', '4'];
  await run('xorriso', '-as', 'mkisofs', '-quiet', '-o', iso, ...boot, folder);
  return iso;
}

async function start(changes: Partial<VmSpec>): Promise<{ spec: VmSpec; vm: RunningVm; serial: Serial }> {
  const spec = { ...base, ...changes };
  const vm = await engine.start(spec);
  started.push({ spec, vm });
  return { spec, vm, serial: new Serial(vm.sockets.serial) };
}

/** The serial port of something that is no Unix. */
class Serial {
  readonly #socket: Socket;
  #heard = '';

  constructor(socketPath: string) {
    this.#socket = createConnection(socketPath).setEncoding('latin1');
    this.#socket.on('data', (text) => {
      this.#heard += String(text);
    });
    this.#socket.on('error', () => {});
  }

  async hear(words: string | RegExp): Promise<string> {
    // Firmware moves the cursor for every letter it shows.
    const text = () => stripVTControlCharacters(this.#heard);
    const found = () => (typeof words === 'string' ? text().includes(words) : words.test(text()));
    await until(`the serial port says ${words}`, found, 60_000).catch((error: unknown) => {
      throw new Error(`heard: ${text().slice(-1000)}`, { cause: error });
    });
    const heard = text();
    this.#heard = '';
    return heard;
  }

  say(text: string): void {
    this.#socket.write(text);
  }
}

it('boots what it is told to first, and sees its CDs come and go', async () => {
  const [first, second] = await Promise.all([makeCd('first'), makeCd('second')]);
  const { spec, vm, serial } = await start({
    bootFrom: 'cd',
    cds: base.cds.map((cd) => ({ ...cd, path: cd.name === 'cd0' ? first : null })),
  });
  await serial.hear('boots first');
  await vm.changeCd('cd0', null);
  await vm.changeCd('cd0', null);
  // It is in use no more: not even its node is left.
  const { stdout } = await run('sh', '-c', `ls -l /proc/${vm.process.pid}/fd | grep -c iso || true`);
  expect(stdout.trim()).toBe('0');
  await vm.reset();
  await serial.hear('boots the disk');
  await vm.changeCd('cd1', second);
  await vm.reset();
  await serial.hear('boots second');
  await vm.changeCd('cd0', first);
  await vm.changeCd('cd1', first);
  await vm.changeCd('cd0', second);
  await vm.reset();
  await serial.hear('boots second');
  await expect(vm.changeCd('cd0', path.join(guests.root, 'none.iso'))).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
  });
  await engine.stop(spec, vm.process);

  const disk = await start({ bootFrom: 'disk', cds: base.cds.map((cd) => ({ ...cd, path: second })) });
  await disk.serial.hear('boots the disk');
});

it.each([
  ['utc', 0],
  ['localtime', 5],
] as const)('starts the hardware clock with %s', async (rtcBase, hoursEast) => {
  const disk = path.join(guests.root, `${rtcBase}.raw`);
  await writeFile(disk, hourSector());
  await run('truncate', '-s', '8M', disk);
  const hour = () => `${String((new Date().getUTCHours() + hoursEast) % 24).padStart(2, '0')}h`;
  const before = hour();
  vi.stubEnv('TZ', 'Etc/GMT-5');
  const { serial } = await start({
    ...(await guests.makeSpec(rtcBase === 'utc' ? 'vm3' : 'vm4')),
    boot: null,
    nics: [],
    rtcBase,
    disks: [{ name: 'disk0', path: disk, format: 'raw', backing: null, limits: null }],
    cds: [],
  }).finally(() => vi.unstubAllEnvs());
  const shown = /\d\dh/.exec(await serial.hear(/\d\dh/))?.[0];
  // An hour may have begun meanwhile.
  expect([before, hour()]).toContain(shown);
});

it('boots UEFI, keeps its variables on a disk, and puts them back with a state', async () => {
  const nvram = path.join(guests.root, 'nvram.qcow2');
  await run('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', `${OVMF}/OVMF_VARS_4M.fd`, nvram);
  const variables = { path: nvram, format: 'qcow2', backing: null } as const;
  const { spec, vm, serial } = await start({
    id: 'vm2',
    uuid: base.uuid.replace(/.{4}$/, '0002'),
    runDirectory: `${base.runDirectory}-uefi`,
    firmware: { kind: 'uefi', code: `${OVMF}/OVMF_CODE_4M.fd`, variables },
    disks: base.disks.map((disk) => ({ ...disk, path: `${disk.path}.empty` })),
  });
  await serial.hear('to skip');
  serial.say('\u001b');
  await serial.hear('Shell>');
  const ask = async (command: string) => {
    serial.say(`${command}\r`);
    return serial.hear(/Shell> $/);
  };
  const set = (word: string) =>
    ask(`setvar Word -guid 5e1f3a70-6d2b-4c1e-9a55-0f0f0f0f0f0f -nv -bs =${Buffer.from(word).toString('hex')}`);
  // As the shell shows what it does not know: `6D 65 ...`.
  const bytesOf = (word: string) => [...Buffer.from(word)].map((byte) => byte.toString(16).toUpperCase()).join(' ');
  const get = () => ask('setvar Word -guid 5e1f3a70-6d2b-4c1e-9a55-0f0f0f0f0f0f');
  await set('apple');
  const state = { ramFile: ramFileOf({ ...spec, disks: base.disks }, 'apples') };
  await vm.saveState('apples', state);
  await set('melon');
  expect(await get()).toContain(bytesOf('melon'));
  await vm.loadState('apples', state);
  expect(await get()).toContain(bytesOf('apple'));
  await engine.stop(spec, vm.process);
  await run('qemu-img', 'convert', '-f', 'qcow2', '-O', 'raw', nvram, `${nvram}.raw`);
  const { stdout } = await run('grep', '-c', '-a', 'apple', `${nvram}.raw`);
  expect(Number(stdout)).toBeGreaterThan(0);
  await rm(nvram);
});
