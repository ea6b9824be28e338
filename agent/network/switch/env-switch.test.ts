// Where frames go on a switch: limits, and frames that a guest must not send. What guests see of it is in `switched.contract.ts`.
import { expect, it } from 'vitest';
import { EnvSwitch, type Side } from './env-switch.ts';
import { BROADCAST_MAC, macNumberOf } from './frames.ts';
import { slirpMac } from './switch-addresses.ts';

const nics = ['web', 'db', 'cache'].map((hostname, index) => ({
  mac: `52:54:00:00:00:0${index + 1}`,
  ip: `10.213.0.${index + 3}`,
  hostname,
}));
const [web, db, cache] = nics.map(({ mac }) => mac) as [string, string, string];
const GATEWAY = slirpMac(0x0a_d5_00_01);

function make() {
  const sent: [string, Side, number][] = [];
  let nowMs = 1000;
  const frames = new EnvSwitch(
    { cidr: '10.213.0.0/24', domain: 'shop.tt', isFenced: false },
    (mac, side, frame) => sent.push([mac, side, frame.length]),
    () => nowMs,
  );
  frames.setNics(nics);
  return {
    frames,
    sent,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

function frame(from: number, to: number, { length = 60, type = 0x88b5 } = {}): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(to, 0, 6);
  bytes.writeUIntBE(from, 6, 6);
  if (length >= 14) bytes.writeUInt16BE(type, 12);
  return bytes;
}

it('has the MAC that user networking answers with', () => {
  expect(GATEWAY).toBe(macNumberOf('52:55:0a:d5:00:01'));
});

it('drops what is too short, too long, for switches, or for nobody', () => {
  const { frames, sent } = make();
  frames.receive(web, 'guest', frame(macNumberOf(web), macNumberOf(db), { length: 12 }));
  frames.receive(web, 'guest', frame(macNumberOf(web), macNumberOf(db), { length: 1519 }));
  frames.receive(web, 'guest', frame(macNumberOf(web), macNumberOf('01:80:c2:00:00:00')));
  frames.receive(web, 'guest', frame(macNumberOf(web), macNumberOf('52:54:00:ff:ff:ff')));
  frames.receive(web, 'guest', frame(macNumberOf(web), macNumberOf(web)));
  frames.receive('52:54:00:ff:ff:ff', 'guest', frame(macNumberOf(web), macNumberOf(db)));
  expect(sent).toEqual([]);
  expect(frames.dropped).toEqual({ size: 2, source: 0, destination: 3, flood: 0 });
  frames.receive(web, 'guest', frame(macNumberOf(web), macNumberOf(db), { length: 1518 }));
  expect(sent).toEqual([[db, 'guest', 1518]]);
});

it('takes from the way out only what user networking sends: ARP and IPv4, from its own addresses, to its own guest', () => {
  const { frames, sent } = make();
  frames.receive(web, 'wayOut', frame(GATEWAY, macNumberOf(web), { type: 0x0800 }));
  frames.receive(web, 'wayOut', frame(GATEWAY, BROADCAST_MAC, { type: 0x0806 }));
  expect(sent).toEqual([
    [web, 'guest', 60],
    [web, 'guest', 60],
  ]);
  frames.receive(web, 'wayOut', frame(GATEWAY, macNumberOf(web), { type: 0x86dd }));
  frames.receive(web, 'wayOut', frame(GATEWAY, macNumberOf(db), { type: 0x0800 }));
  frames.receive(web, 'wayOut', frame(macNumberOf(db), macNumberOf(web), { type: 0x0800 }));
  expect(sent).toHaveLength(2);
  expect(frames.dropped).toMatchObject({ source: 1, destination: 2 });
});

it('leads to the way out of the sender, and not from one guest to that of another', () => {
  const { frames, sent } = make();
  frames.receive(cache, 'guest', frame(macNumberOf(cache), GATEWAY, { type: 0x0800 }));
  frames.receive(cache, 'guest', frame(macNumberOf(cache), slirpMac(0x0a_d5_00_02), { type: 0x0800 }));
  frames.receive(cache, 'guest', frame(macNumberOf(cache), slirpMac(0x0a_00_02_02), { type: 0x0800 }));
  expect(sent).toEqual([
    [cache, 'wayOut', 60],
    [cache, 'wayOut', 60],
  ]);
});

it('limits what one guest has copied to all others, and only that guest', () => {
  const { frames, sent, pass } = make();
  const flood = (from: string, count: number) => {
    const before = sent.length;
    for (let i = 0; i < count; i++) frames.receive(from, 'guest', frame(macNumberOf(from), BROADCAST_MAC));
    return sent.length - before;
  };
  expect(flood(web, 15_000)).toBe(20_000);
  expect(frames.dropped.flood).toBe(5000);
  expect(flood(db, 1)).toBe(2);
  pass(10);
  expect(flood(web, 500)).toBe(200);
  // A changed list of neighbours is no new allowance.
  frames.setNics(nics.slice(0, 2));
  expect(flood(web, 10)).toBe(0);
  frames.receive(web, 'guest', frame(macNumberOf(web), macNumberOf(db)));
  expect(sent.at(-1)).toEqual([db, 'guest', 60]);
});
