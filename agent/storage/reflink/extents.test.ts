// Parsing filefrag's output, and what follows from it.
import { expect, it } from 'vitest';
import { differingBytes, ownBytes, parseExtents, unionBytes } from './extents.ts';

const PRINTED = `Filesystem type is: 58465342
File size of /d/disk.raw is 20971520 (20971520 blocks of 1 bytes)
 ext:     logical_offset:        physical_offset: length:   expected: flags:
   0:        0.. 5242879:   21069824..  26312703: 5242880:            
   1:  5242880..20971519:    5341184..  21069823: 15728640:  26312704: last,shared,eof
/d/disk.raw: 2 extents found
File size of /d/empty.raw is 4096 (4096 blocks of 1 bytes)
/d/empty.raw: 0 extents found
`;

it('tells blocks of one file from shared ones', () => {
  const extents = parseExtents(PRINTED);
  expect(extents).toEqual([
    { at: 0, start: 21_069_824, bytes: 5_242_880, isShared: false, holds: 'bytes' },
    { at: 5_242_880, start: 5_341_184, bytes: 15_728_640, isShared: true, holds: 'bytes' },
  ]);
  expect(ownBytes(extents)).toBe(5_242_880);
});

it('counts what two files share once', () => {
  const at = (start: number, bytes: number) => ({ start, bytes, isShared: true });
  expect(unionBytes([at(100, 50), at(100, 50), at(120, 100), at(500, 1)])).toBe(121);
  expect(unionBytes([])).toBe(0);
});

it('counts what lies elsewhere in one of two files, or in one only', () => {
  const at = (at: number, start: number, bytes: number) => ({ at, start, bytes, holds: 'bytes' as const });
  const whole = [at(0, 1000, 100)];
  expect(differingBytes(whole, whole)).toBe(0);
  // The same blocks in two pieces, then the second piece written anew.
  expect(differingBytes(whole, [at(50, 1050, 50), at(0, 1000, 50)])).toBe(0);
  expect(differingBytes(whole, [at(0, 1000, 50), at(50, 5000, 50)])).toBe(50);
  // One file grew, and has a hole where the other has blocks.
  expect(differingBytes(whole, [at(0, 1000, 30), at(60, 1060, 100)])).toBe(30 + 60);
  expect([differingBytes([], whole), differingBytes([], [])]).toEqual([100, 0]);
  // What is only set aside reads as zeroes, as a hole does; what was written in its place does not.
  expect(differingBytes([], [{ ...at(0, 1000, 100), holds: 'zeroes' }])).toBe(0);
  expect(differingBytes([{ ...at(0, 1000, 100), holds: 'zeroes' }], whole)).toBe(100);
});

/** As btrfs says it of a compressed file and of its copy, of which 8 KiB were written anew and lie right behind it. */
const COMPRESSED = `Filesystem type is: 9123683e
File size of /d/one.raw is 131072 (131072 blocks of 1 bytes)
   0:        0..  131071:   13631488..  13762559: 131072:             last,encoded,shared,eof
/d/one.raw: 1 extent found
`;
const WRITTEN = `File size of /d/two.raw is 131072 (131072 blocks of 1 bytes)
   0:        0..    4095:   13631488..  13635583:   4096:             encoded,shared
   1:     4096..   12287:   13635584..  13643775:   8192:             encoded
   2:    12288..  131071:   13631488..  13750271: 118784:   13643776: last,encoded,shared,eof
`;

it('knows compressed bytes by where they begin: their places cross others, and pieces that are left keep their beginning', () => {
  expect(differingBytes(parseExtents(COMPRESSED), parseExtents(COMPRESSED))).toBe(0);
  expect(differingBytes(parseExtents(COMPRESSED), parseExtents(WRITTEN))).toBe(8192);
});

it('has no place for what is in memory or in the tables only', () => {
  const flags = ['last,not_aligned,inline,eof', 'unknown_loc,delalloc', 'unwritten'];
  const lines = flags.map((flag) => `   0:        0..    4095:          0..      4095:   4096:             ${flag}`);
  expect(parseExtents(lines.join('\n'))).toEqual([{ at: 0, start: 0, bytes: 4096, isShared: false, holds: 'zeroes' }]);
});
