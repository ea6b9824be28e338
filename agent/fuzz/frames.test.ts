// Frames of a guest on a switch: whatever they are, they go to no other ENV’s NIC, to no way out but the guest’s own, and break nothing.
// @module-tag deep
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { EnvSwitch, type Side } from '../network/switch/env-switch.ts';
import { FrameSplitter, onStream } from '../network/switch/frame-splitter.ts';
import { BROADCAST_MAC, datagramFrame, macNumberOf, sourceOf } from '../network/switch/frames.ts';
import { slirpMac } from '../network/switch/switch-addresses.ts';
import { fuzz, fuzzing, mutated } from '../testing/fuzz.ts';

const nics = ['web', 'db'].map((hostname, index) => ({
  mac: `52:54:00:00:00:0${index + 1}`,
  ip: `10.213.0.${index + 3}`,
  hostname,
}));
const [web, db] = nics.map(({ mac }) => mac) as [string, string];
const GATEWAY = 0x0a_d5_00_01;
const NAME_SERVER = 0x0a_d5_00_02;

/** What arrives of the frames that one side of `web` sends. */
function sentBy(side: Side, frames: readonly Buffer[]): { mac: string; side: Side; frame: Buffer }[] {
  const sent: { mac: string; side: Side; frame: Buffer }[] = [];
  const settings = { cidr: '10.213.0.0/24', domain: 'shop.tt', isFenced: false };
  const network = new EnvSwitch(
    settings,
    (mac, to, frame) => sent.push({ mac, side: to, frame }),
    () => 0,
  );
  network.setNics(nics);
  for (const frame of frames) network.receive(web, side, frame);
  return sent;
}

function dhcp(): Buffer {
  const payload = Buffer.alloc(300);
  payload.set([1, 1, 6], 0);
  payload.writeUIntBE(macNumberOf(web), 28, 6);
  payload.writeUInt32BE(0x63_82_53_63, 236);
  payload.set([53, 1, 3, 50, 4, 10, 213, 0, 3, 54, 4, 10, 213, 0, 1, 255], 240);
  return datagramFrame(
    { source: macNumberOf(web), destination: BROADCAST_MAC },
    { sourceAddress: 0, sourcePort: 68, destinationAddress: 0xffff_ffff, destinationPort: 67, payload },
  );
}

function dns(): Buffer {
  const header = Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  const payload = Buffer.concat([header, Buffer.from('\x03web\x04shop\x02tt\x00\x00\x01\x00\x01', 'latin1')]);
  return datagramFrame(
    { source: macNumberOf(web), destination: slirpMac(NAME_SERVER) },
    { sourceAddress: 0x0a_d5_00_03, sourcePort: 4000, destinationAddress: NAME_SERVER, destinationPort: 53, payload },
  );
}

function hasOneSource(frame: Buffer, ...sources: number[]): void {
  expect(sources).toContain(sourceOf(frame));
}

it.each([
  ['DHCP', dhcp()],
  ['DNS', dns()],
])('%s of a guest', fuzzing, async (_what, sample) => {
  await fuzz(mutated(sample, ['\x00', '\xff', '\xc0\x0c', '\x35\x01', '\x08\x06']), (bytes) => {
    for (const { mac, side, frame } of sentBy('guest', [bytes])) {
      // To the guest itself: answers; to its neighbour: its own frames; out: those too, and only at its own way out.
      if (side === 'wayOut') expect(mac).toBe(web);
      if (side === 'guest' && mac === web) hasOneSource(frame, slirpMac(GATEWAY), slirpMac(NAME_SERVER));
      else hasOneSource(frame, macNumberOf(web));
      expect(frame.length).toBeLessThanOrEqual(1518);
    }
  });
});

it('whatever a QEMU sends that a guest broke out of', fuzzing, async () => {
  const sample = datagramFrame(
    { source: slirpMac(GATEWAY), destination: macNumberOf(web) },
    {
      sourceAddress: GATEWAY,
      sourcePort: 53,
      destinationAddress: 0x0a_d5_00_03,
      destinationPort: 4000,
      payload: dns(),
    },
  );
  await fuzz(mutated(sample, ['\x00', '\xff', db.replaceAll(':', '')]), (bytes) => {
    for (const { mac, side } of sentBy('wayOut', [bytes])) expect([mac, side]).toEqual([web, 'guest']);
  });
});

it('streams of frames', fuzzing, async () => {
  const sample = Buffer.concat([dhcp(), dns(), Buffer.alloc(60)].map(onStream));
  const pieces = fc.tuple(mutated(sample, ['\x00', '\xff']), fc.integer({ min: 1, max: 400 }));
  await fuzz(pieces, ([bytes, pieceBytes]) => {
    const splitter = new FrameSplitter();
    let taken = 0;
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const isFine = splitter.push(bytes.subarray(at, at + pieceBytes), (frame) => {
        taken += frame.length + 4;
        expect(frame.length).toBeGreaterThanOrEqual(14);
      });
      if (!isFine) break;
    }
    expect(taken).toBeLessThanOrEqual(bytes.length);
  });
});
