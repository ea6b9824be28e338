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
    { at: 0, start: 21_069_824, bytes: 5_242_880, isShared: false },
    { at: 5_242_880, start: 5_341_184, bytes: 15_728_640, isShared: true },
  ]);
  expect(ownBytes(extents)).toBe(5_242_880);
});

it('counts what two files share once', () => {
  const at = (start: number, bytes: number) => ({ start, bytes, isShared: true });
  expect(unionBytes([at(100, 50), at(100, 50), at(120, 100), at(500, 1)])).toBe(121);
  expect(unionBytes([])).toBe(0);
});

it('counts what lies elsewhere in one of two files, or in one only', () => {
  const at = (at: number, start: number, bytes: number) => ({ at, start, bytes });
  const whole = [at(0, 1000, 100)];
  expect(differingBytes(whole, whole)).toBe(0);
  // The same blocks in two pieces, then the second piece written anew.
  expect(differingBytes(whole, [at(50, 1050, 50), at(0, 1000, 50)])).toBe(0);
  expect(differingBytes(whole, [at(0, 1000, 50), at(50, 5000, 50)])).toBe(50);
  // One file grew, and has a hole where the other has blocks.
  expect(differingBytes(whole, [at(0, 1000, 30), at(60, 1060, 100)])).toBe(30 + 60);
  expect([differingBytes([], whole), differingBytes([], [])]).toEqual([100, 0]);
});
