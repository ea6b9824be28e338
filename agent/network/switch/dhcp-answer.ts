// The DHCP server of a switch (RFC 2131, RFC 2132): each NIC has one fixed address, so an answer follows from the request and the
// NIC alone, and nothing has to be remembered. Pure.
import { BROADCAST_ADDRESS } from './frames.ts';

export const DHCP_SERVER_PORT = 67;
export const DHCP_CLIENT_PORT = 68;

/** What a NIC is told. Addresses as unsigned numbers of 32 bits. */
export interface Lease {
  mac: number;
  address: number;
  netmask: number;
  broadcast: number;
  gateway: number;
  nameServer: number;
  hostname: string;
  domain: string;
}

export interface DhcpAnswer {
  payload: Buffer;
  /** Where it is sent to. */
  address: number;
  /** True: the guest can't receive a frame for its own MAC alone yet, or must not believe that it has the address. */
  isBroadcast: boolean;
}

/** As long as that of a network with a bridge: a changed guest soon renews it. */
const LEASE_SECONDS = 3600;

const FIXED_BYTES = 236;
const MAGIC = 0x63_82_53_63;
/** Clients of BOOTP expect at least so much (RFC 1542). */
const SHORTEST_ANSWER = 300;
const REQUEST = 1;
const REPLY = 2;
const ETHERNET = 1;
const MAC_BYTES = 6;
const WANTS_BROADCAST = 0x8000;

const at = { operation: 0, hardware: 1, macLength: 2, id: 4, flags: 10, client: 12, yours: 16, mac: 28 } as const;
const message = { discover: 1, offer: 2, request: 3, ack: 5, nak: 6, inform: 8 } as const;
const option = {
  pad: 0,
  netmask: 1,
  router: 3,
  nameServer: 6,
  hostname: 12,
  domain: 15,
  broadcast: 28,
  address: 50,
  leaseSeconds: 51,
  messageType: 53,
  server: 54,
  end: 255,
} as const;

/** null: nothing is answered to this, e.g. to a release, or to what is not of this NIC. */
export function answerDhcp(request: Buffer, lease: Lease): DhcpAnswer | null {
  if (!isRequestOf(request, lease.mac)) return null;
  const options = readOptions(request);
  const server = addressIn(options.get(option.server));
  if (server !== null && server !== lease.gateway) return null;
  switch (options.get(option.messageType)?.at(0)) {
    case message.discover:
      return answer(request, lease, message.offer);
    case message.request: {
      const wanted = addressIn(options.get(option.address)) ?? request.readUInt32BE(at.client);
      return wanted === lease.address ? answer(request, lease, message.ack) : refusal(request, lease);
    }
    case message.inform:
      return answer(request, lease, message.ack, { isInform: true });
    default:
      return null;
  }
}

function isRequestOf(request: Buffer, mac: number): boolean {
  return (
    request.length >= FIXED_BYTES + 4 &&
    request.readUInt8(at.operation) === REQUEST &&
    request.readUInt8(at.hardware) === ETHERNET &&
    request.readUInt8(at.macLength) === MAC_BYTES &&
    request.readUIntBE(at.mac, MAC_BYTES) === mac &&
    request.readUInt32BE(FIXED_BYTES) === MAGIC
  );
}

function answer(
  request: Buffer,
  lease: Lease,
  type: number,
  { isInform }: { isInform: boolean } = { isInform: false },
): DhcpAnswer {
  const client = request.readUInt32BE(at.client);
  const isBroadcast = (request.readUInt16BE(at.flags) & WANTS_BROADCAST) !== 0 && client === 0;
  const payload = reply(request, isInform ? 0 : lease.address, [
    byteOption(option.messageType, type),
    addressOption(option.server, lease.gateway),
    ...(isInform ? [] : [addressOption(option.leaseSeconds, LEASE_SECONDS)]),
    addressOption(option.netmask, lease.netmask),
    addressOption(option.broadcast, lease.broadcast),
    addressOption(option.router, lease.gateway),
    addressOption(option.nameServer, lease.nameServer),
    textOption(option.hostname, lease.hostname),
    textOption(option.domain, lease.domain),
  ]);
  payload.writeUInt32BE(client, at.client);
  const own = client === 0 ? lease.address : client;
  return { payload, address: isBroadcast ? BROADCAST_ADDRESS : own, isBroadcast };
}

/** The guest has an address of another network or another NIC: it drops it and asks again. */
function refusal(request: Buffer, lease: Lease): DhcpAnswer {
  const options = [byteOption(option.messageType, message.nak), addressOption(option.server, lease.gateway)];
  return { payload: reply(request, 0, options), address: BROADCAST_ADDRESS, isBroadcast: true };
}

function reply(request: Buffer, yours: number, options: readonly Buffer[]): Buffer {
  const fixed = Buffer.alloc(FIXED_BYTES + 4);
  fixed.writeUInt8(REPLY, at.operation);
  fixed.writeUInt8(ETHERNET, at.hardware);
  fixed.writeUInt8(MAC_BYTES, at.macLength);
  request.copy(fixed, at.id, at.id, at.id + 4);
  request.copy(fixed, at.flags, at.flags, at.flags + 2);
  fixed.writeUInt32BE(yours, at.yours);
  request.copy(fixed, at.mac, at.mac, at.mac + MAC_BYTES);
  fixed.writeUInt32BE(MAGIC, FIXED_BYTES);
  const whole = Buffer.concat([fixed, ...options, Buffer.of(option.end)]);
  return whole.length >= SHORTEST_ANSWER ? whole : Buffer.concat([whole, Buffer.alloc(SHORTEST_ANSWER - whole.length)]);
}

/** The first of each number. Ends where they are cut off. */
function readOptions(request: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let next = FIXED_BYTES + 4; next < request.length; ) {
    const number = request.readUInt8(next);
    if (number === option.end) break;
    if (number === option.pad) {
      next += 1;
      continue;
    }
    if (next + 1 >= request.length) break;
    const start = next + 2;
    const end = start + request.readUInt8(next + 1);
    if (end > request.length) break;
    if (!options.has(number)) options.set(number, request.subarray(start, end));
    next = end;
  }
  return options;
}

function addressIn(value: Buffer | undefined): number | null {
  return value?.length === 4 ? value.readUInt32BE(0) : null;
}

function byteOption(number: number, value: number): Buffer {
  return Buffer.of(number, 1, value);
}

/** For seconds too: both have 32 bits. */
function addressOption(number: number, value: number): Buffer {
  const bytes = Buffer.of(number, 4, 0, 0, 0, 0);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** Names are DNS labels: at most 63 bytes, and a domain of two is shorter than 255. */
function textOption(number: number, text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1').subarray(0, 255);
  return Buffer.concat([Buffer.of(number, bytes.length), bytes]);
}
