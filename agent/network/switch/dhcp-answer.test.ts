// DHCP of a switch: each NIC has one address, whatever its guest had before.
import { expect, it } from 'vitest';
import { answerDhcp, type Lease } from './dhcp-answer.ts';
import { macNumberOf } from './frames.ts';

const lease: Lease = {
  mac: macNumberOf('52:54:00:12:34:56'),
  address: 0x0a_d5_00_03,
  netmask: 0xff_ff_ff_00,
  broadcast: 0x0a_d5_00_ff,
  gateway: 0x0a_d5_00_01,
  nameServer: 0x0a_d5_00_02,
  hostname: 'web',
  domain: 'shop.tt',
};
const message = { discover: 1, offer: 2, request: 3, decline: 4, ack: 5, nak: 6, release: 7, inform: 8 } as const;

interface Asked {
  type?: number;
  client?: number;
  flags?: number;
  wanted?: number;
  server?: number;
  mac?: number;
}

function address(option: number, value: number | undefined): Buffer {
  if (value === undefined) return Buffer.alloc(0);
  const bytes = Buffer.of(option, 4, 0, 0, 0, 0);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

function ask({ type, client = 0, flags = 0, wanted, server, mac = lease.mac }: Asked): Buffer {
  const fixed = Buffer.alloc(240);
  fixed.set([1, 1, 6], 0);
  fixed.writeUInt32BE(0xfe_ed_fa_ce, 4);
  fixed.writeUInt16BE(flags, 10);
  fixed.writeUInt32BE(client, 12);
  fixed.writeUIntBE(mac, 28, 6);
  fixed.writeUInt32BE(0x63_82_53_63, 236);
  const kind = type === undefined ? Buffer.alloc(0) : Buffer.of(0, 53, 1, type);
  return Buffer.concat([fixed, kind, address(50, wanted), address(54, server), Buffer.of(255)]);
}

function optionsOf(payload: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 240; payload.readUInt8(at) !== 255; at += 2 + payload.readUInt8(at + 1)) {
    options.set(payload.readUInt8(at), payload.subarray(at + 2, at + 2 + payload.readUInt8(at + 1)));
  }
  return options;
}

function answered(asked: Asked) {
  const answer = answerDhcp(ask(asked), lease);
  if (!answer) return null;
  const options = optionsOf(answer.payload);
  return {
    type: options.get(53)?.at(0),
    yours: answer.payload.readUInt32BE(16),
    address: answer.address,
    isBroadcast: answer.isBroadcast,
    options,
    payload: answer.payload,
  };
}

it('offers and confirms the one address, with all that the guest needs', () => {
  const offer = answered({ type: message.discover });
  expect(offer).toMatchObject({
    type: message.offer,
    yours: lease.address,
    address: lease.address,
    isBroadcast: false,
  });
  const ack = answered({ type: message.request, wanted: lease.address, server: lease.gateway });
  expect(ack).toMatchObject({ type: message.ack, yours: lease.address });
  const number = (option: number) => ack?.options.get(option)?.readUInt32BE(0);
  expect([number(1), number(3), number(6), number(28), number(54), number(51)]).toEqual([
    lease.netmask,
    lease.gateway,
    lease.nameServer,
    lease.broadcast,
    lease.gateway,
    3600,
  ]);
  expect([12, 15].map((option) => ack?.options.get(option)?.toString())).toEqual(['web', 'shop.tt']);
  // The reply's operation, and the transaction of the request.
  expect(ack?.payload.readUInt8(0)).toBe(2);
  expect(ack?.payload.readUInt32BE(4)).toBe(0xfe_ed_fa_ce);
  expect(ack?.payload.length).toBeGreaterThanOrEqual(300);
});

it('answers as a broadcast if the guest asks for it', () => {
  expect(answered({ type: message.discover, flags: 0x8000 })).toMatchObject({
    isBroadcast: true,
    address: 0xffff_ffff,
  });
  // It has the address already.
  expect(answered({ type: message.request, flags: 0x8000, client: lease.address })).toMatchObject({
    type: message.ack,
    isBroadcast: false,
    address: lease.address,
  });
});

it('refuses the address of another network or machine, renewed or remembered', () => {
  for (const asked of [{ wanted: lease.address + 1 }, { client: 0x0a_00_02_0f }, {}]) {
    expect(answered({ type: message.request, ...asked })).toMatchObject({
      type: message.nak,
      yours: 0,
      isBroadcast: true,
    });
  }
});

it('tells a guest with a fixed address the rest', () => {
  const told = answered({ type: message.inform, client: 0x0a_d5_00_63 });
  expect(told).toMatchObject({ type: message.ack, yours: 0, address: 0x0a_d5_00_63 });
  expect(told?.options.has(51)).toBe(false);
});

it('is silent about what is not its own', () => {
  for (const asked of [
    { type: message.release, client: lease.address },
    { type: message.decline, wanted: lease.address },
    { type: message.request, wanted: lease.address, server: lease.gateway + 1 },
    { type: message.discover, mac: lease.mac + 1 },
    // BOOTP.
    {},
  ]) {
    expect(answered(asked)).toBeNull();
  }
  const whole = ask({ type: message.discover });
  for (let length = 0; length < whole.length - 1; length++) answerDhcp(whole.subarray(0, length), lease);
  expect(answerDhcp(whole.subarray(0, 239), lease)).toBeNull();
  const reply = Buffer.from(whole);
  reply.writeUInt8(2, 0);
  expect(answerDhcp(reply, lease)).toBeNull();
});
