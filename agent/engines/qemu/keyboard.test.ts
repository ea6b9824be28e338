// @module-tag deep
// A real guest that rarely reads its keyboard still gets every key: text with Shift on every character, typed as fast as the
// guest reads it. The guest is a boot sector that reads keys through the BIOS and prints them to its serial port.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TypingEvent } from '@tt/protocol';
import { expect, it } from 'vitest';
import { until } from '../../testing/until.ts';
import type { VmSpec } from '../interface.ts';
import { QemuEngine } from './qemu-engine.ts';

/** Reads of port 0x80 during which interrupts are off; some 30 ms and more under emulation. */
const UNREAD_LOOPS = 200_000;

/** 16-bit code, loaded to 0x7c00. */
const bootSector = Buffer.from(
  [
    'ea 05 7c 00 00', //          ljmp 0:0x7c05
    '31 c0 8e d8 8e d0', //       ds = ss = 0
    'bc 00 7c fb', //             sp = 0x7c00; sti
    'b0 3e ba f8 03 ee', //       print ">"
    'fa 66 8b 0e 34 7c', // 15:   cli; ecx = [0x7c34]
    'e4 80 66 49 75 fa', // 1b:   read port 0x80, ecx times
    'fb 90 90', //                sti
    'b4 01 cd 16 74 eb', // 24:   no key? -> 15
    'b4 00 cd 16', //             read the key
    'ba f8 03 ee eb f0', //       print it; -> 24
  ]
    .join(' ')
    .replaceAll(' ', ''),
  'hex',
);

const stroke = (code: string): TypingEvent[] => [
  { code: 'ShiftLeft', down: true },
  { code, down: true },
  { code, down: false },
  { code: 'ShiftLeft', down: false },
];

it('types no faster than the guest reads', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-kbd-'));
  const engine = new QemuEngine({ stateDirectory: folder, acceleration: 'tcg', confined: false });
  const spec = await slowGuest(folder);
  await engine.init();
  const vm = await engine.start(spec, {});
  try {
    let printed = '';
    const serial = createConnection(vm.sockets.serial).setEncoding('latin1');
    serial.on('data', (text) => (printed += text));
    // It may have said so before anybody listened: a key it answers to says the same.
    await until('the guest reads keys', async () => {
      await vm.typeKeys(
        [
          [
            { code: 'KeyX', down: true },
            { code: 'KeyX', down: false },
          ],
        ],
        100,
      );
      return printed.includes('x');
    });
    const codes = Array.from('QWERTYUIOPASDFGHJKLZXCVBNM', (letter) => `Key${letter}`);
    const strokes = [...codes, ...codes].map(stroke);
    expect(await vm.typeKeys(strokes, 60_000)).toBe(strokes.length);
    await vm.typeKeys(
      [
        [
          { code: 'Digit1', down: true },
          { code: 'Digit1', down: false },
        ],
      ],
      10_000,
    );
    await until('the last key is printed', () => /[1!]/.test(printed));
    // A lost release of Shift would make `!` of the last.
    expect(printed.replace(/^[>x]*/, '')).toBe(`${'QWERTYUIOPASDFGHJKLZXCVBNM'.repeat(2)}1`);

    await vm.pause();
    expect(await vm.typeKeys([stroke('KeyA')], 100)).toBe(0);
    serial.destroy();
  } finally {
    await engine.stop(spec, vm.process);
    await engine.destroy(spec);
    await rm(folder, { recursive: true, force: true });
  }
});

async function slowGuest(folder: string): Promise<VmSpec> {
  const disk = Buffer.alloc(1024 * 1024);
  bootSector.copy(disk);
  disk.writeUInt32LE(UNREAD_LOOPS, 0x34);
  disk.writeUInt16LE(0xaa55, 510);
  const file = path.join(folder, 'disk.raw');
  await writeFile(file, disk);
  await mkdir(path.join(folder, 'run'), { mode: 0o700 });
  return {
    id: 'kbd',
    name: 'env/kbd',
    uuid: '00000000-0000-4000-8000-000000000001',
    hostname: 'kbd',
    cpuCount: 1,
    memoryMiB: 32,
    disks: [{ name: 'disk0', path: file, format: 'raw', backing: null, limits: null }],
    cds: [],
    firmware: { kind: 'bios' },
    bootFrom: 'disk',
    rtcBase: 'utc',
    guestHelper: 'off',
    boot: null,
    nics: [],
    runDirectory: path.join(folder, 'run', 'kbd'),
    confinement: null,
  };
}
