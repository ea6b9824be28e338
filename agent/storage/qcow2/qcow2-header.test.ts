// The header parser with what qemu-img writes, byte by byte, and with what only a broken or hostile writer would.
import { expect, it } from 'vitest';
import { parseQcow2Header } from './qcow2-header.ts';

/** A version 3 header as qemu-img 7.2 lays it out: header, backing format, end of extensions, name of the backing file. */
function header(name: string, format = 'qcow2'): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.writeUInt32BE(0x514649fb, 0);
  bytes.writeUInt32BE(3, 4);
  bytes.writeBigUInt64BE(256n, 8);
  bytes.writeUInt32BE(Buffer.byteLength(name), 16);
  bytes.writeBigUInt64BE(1024n ** 3n, 24);
  bytes.writeUInt32BE(104, 100);
  // Some other extension of an odd length first, padded to 8.
  bytes.writeUInt32BE(0x6803f857, 104);
  bytes.writeUInt32BE(3, 108);
  bytes.writeUInt32BE(0xe2792aca, 120);
  bytes.writeUInt32BE(format.length, 124);
  bytes.write(format, 128);
  bytes.write(name, 256);
  return bytes;
}

it('reads size, backing file and format', () => {
  expect(parseQcow2Header(header('/images/é,1.qcow2'))).toEqual({
    virtualBytes: 1024 ** 3,
    backing: { name: '/images/é,1.qcow2', format: 'qcow2' },
    hasDataFile: false,
  });
  const alone = header('');
  alone.writeBigUInt64BE(0n, 8);
  expect(parseQcow2Header(alone)?.backing).toBeNull();
});

it('knows a version 2 header, and a data file of its own', () => {
  const old = header('/image');
  old.writeUInt32BE(2, 4);
  // Extensions follow the short header there; these bytes are the end of them.
  expect(parseQcow2Header(old)).toMatchObject({ backing: { name: '/image', format: null }, hasDataFile: false });
  const split = header('/image');
  split.writeBigUInt64BE(0b100n, 72);
  expect(parseQcow2Header(split)?.hasDataFile).toBe(true);
});

it('takes no number of the file on trust', () => {
  expect(parseQcow2Header(Buffer.alloc(4096))).toBeNull();
  expect(parseQcow2Header(header('/image').subarray(0, 71))).toBeNull();
  expect(parseQcow2Header(header('/image').subarray(0, 90))).toBeNull();
  const tooLong = header('/image');
  tooLong.writeUInt32BE(0xffffffff, 16);
  expect(parseQcow2Header(tooLong)?.backing?.name).toBeNull();
  const farAway = header('/image');
  farAway.writeBigUInt64BE(2n ** 63n, 8);
  expect(parseQcow2Header(farAway)?.backing?.name).toBeNull();
  const longExtension = header('/image');
  longExtension.writeUInt32BE(0xffffffff, 124);
  expect(parseQcow2Header(longExtension)?.backing?.format).toBeNull();
  const noEnd = header('/image');
  noEnd.writeUInt32BE(0xffffffff, 100);
  expect(parseQcow2Header(noEnd)?.backing?.format).toBeNull();
});
