// Fields of frames: what is read is what was written, and nothing is read of what is cut off.
import { expect, it } from 'vitest';
import {
  askedAddress,
  checksumOf,
  datagramFrame,
  destinationOf,
  isForGroup,
  isForSwitches,
  macNumberOf,
  readDatagram,
  sourceOf,
  TYPE_IPV4,
  typeOf,
} from './frames.ts';

const macs = { source: macNumberOf('52:54:00:12:34:56'), destination: macNumberOf('52:55:0a:d5:00:01') };
const datagram = {
  sourceAddress: 0x0a_d5_00_03,
  sourcePort: 40_000,
  destinationAddress: 0x0a_d5_00_02,
  destinationPort: 53,
  payload: Buffer.from('question'),
};

/** The header of RFC 1071's kind that many textbooks check sums with: its sum is b861. */
const SAMPLE_HEADER = Buffer.from('45000073000040004011b861c0a80001c0a800c7', 'hex');

it('sums the header as others do', () => {
  expect(checksumOf(SAMPLE_HEADER)).toBe(0);
  const without = Buffer.from(SAMPLE_HEADER);
  without.writeUInt16BE(0, 10);
  expect(checksumOf(without)).toBe(0xb861);
});

it('writes a datagram that reads as what it was made of', () => {
  const frame = datagramFrame(macs, datagram);
  expect([sourceOf(frame), destinationOf(frame), typeOf(frame)]).toEqual([macs.source, macs.destination, TYPE_IPV4]);
  expect(readDatagram(frame)).toEqual(datagram);
  expect(checksumOf(frame.subarray(14, 34))).toBe(0);
  // Ethernet pads short frames.
  expect(readDatagram(Buffer.concat([frame, Buffer.alloc(20)]))).toEqual(datagram);
});

it('takes no part of a datagram for a whole one', () => {
  const frame = datagramFrame(macs, datagram);
  for (let length = 14; length < frame.length; length++) expect(readDatagram(frame.subarray(0, length))).toBeNull();
  const changed = (change: (copy: Buffer) => void) => {
    const copy = Buffer.from(frame);
    change(copy);
    return readDatagram(copy);
  };
  expect(changed((copy) => copy.writeUInt16BE(0x2000, 20))).toBeNull();
  expect(changed((copy) => copy.writeUInt16BE(1, 20))).toBeNull();
  expect(changed((copy) => copy.writeUInt8(0x65, 14))).toBeNull();
  expect(changed((copy) => copy.writeUInt8(0x44, 14))).toBeNull();
  expect(changed((copy) => copy.writeUInt8(6, 23))).toBeNull();
  expect(changed((copy) => copy.writeUInt16BE(7, 38))).toBeNull();
  expect(changed((copy) => copy.writeUInt16BE(0xffff, 38))).toBeNull();
});

it('knows who is meant', () => {
  const to = (mac: string) => {
    const frame = Buffer.alloc(60);
    frame.writeUIntBE(macNumberOf(mac), 0, 6);
    return [isForGroup(frame), isForSwitches(frame)];
  };
  expect(to('ff:ff:ff:ff:ff:ff')).toEqual([true, false]);
  expect(to('33:33:00:00:00:01')).toEqual([true, false]);
  expect(to('01:80:c2:00:00:0e')).toEqual([true, true]);
  expect(to('01:80:c2:00:00:10')).toEqual([true, false]);
  expect(to('52:54:00:12:34:56')).toEqual([false, false]);
});

it('reads whose MAC is asked for, of requests only', () => {
  const arp = Buffer.alloc(42);
  arp.writeUInt16BE(0x0806, 12);
  arp.writeUInt16BE(1, 20);
  arp.writeUInt32BE(0x0a_d5_00_01, 38);
  expect(askedAddress(arp)).toBe(0x0a_d5_00_01);
  expect(askedAddress(arp.subarray(0, 41))).toBeNull();
  arp.writeUInt16BE(2, 20);
  expect(askedAddress(arp)).toBeNull();
});
