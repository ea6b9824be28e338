// Fields of Ethernet frames and of what is in them: ARP (RFC 826) and UDP over IPv4 (RFC 791, RFC 768). Pure; addresses are
// unsigned numbers, of 48 bits for MACs and of 32 for IPv4. Nothing beyond the end of a frame is read.

/** Two MACs and the type. */
export const HEADER_BYTES = 14;
/** 1500 bytes of payload behind a VLAN tag (IEEE 802.1Q). */
export const LONGEST_FRAME = 1518;
export const BROADCAST_MAC = 0xffff_ffff_ffff;
export const BROADCAST_ADDRESS = 0xffff_ffff;

export const TYPE_IPV4 = 0x0800;
export const TYPE_ARP = 0x0806;

const MAC_BYTES = 6;
const ARP_BYTES = 28;
const ARP_REQUEST = 1;
const IPV4_BYTES = 20;
const UDP_BYTES = 8;
const PROTOCOL_UDP = 17;
/** More fragments follow, or it is not the first. */
const IS_FRAGMENT = 0x3fff;
const DO_NOT_FRAGMENT = 0x4000;
const TIME_TO_LIVE = 64;

/** `52:54:00:12:34:56` as a number. */
export function macNumberOf(mac: string): number {
  return Number.parseInt(mac.replaceAll(':', ''), 16);
}

export function destinationOf(frame: Buffer): number {
  return frame.readUIntBE(0, MAC_BYTES);
}

export function sourceOf(frame: Buffer): number {
  return frame.readUIntBE(MAC_BYTES, MAC_BYTES);
}

export function typeOf(frame: Buffer): number {
  return frame.readUInt16BE(2 * MAC_BYTES);
}

/** For several receivers: broadcast or multicast. */
export function isForGroup(frame: Buffer): boolean {
  return (frame.readUInt8(0) & 1) === 1;
}

/** Between the ports of one switch only, e.g. spanning tree or pause (IEEE 802.1D: 01-80-C2-00-00-00 to -0F). */
export function isForSwitches(frame: Buffer): boolean {
  return frame.readUIntBE(0, MAC_BYTES - 1) === 0x01_80_c2_00_00 && frame.readUInt8(MAC_BYTES - 1) < 16;
}

/** The IPv4 address whose MAC an ARP request asks for; null for every other frame. */
export function askedAddress(frame: Buffer): number | null {
  if (frame.length < HEADER_BYTES + ARP_BYTES || typeOf(frame) !== TYPE_ARP) return null;
  if (frame.readUInt16BE(HEADER_BYTES + 6) !== ARP_REQUEST) return null;
  return frame.readUInt32BE(HEADER_BYTES + 24);
}

/** UDP over IPv4. */
export interface Datagram {
  sourceAddress: number;
  sourcePort: number;
  destinationAddress: number;
  destinationPort: number;
  payload: Buffer;
}

/** null unless the frame has a whole UDP datagram over IPv4: a fragment has not. */
export function readDatagram(frame: Buffer): Datagram | null {
  if (frame.length < HEADER_BYTES + IPV4_BYTES + UDP_BYTES || typeOf(frame) !== TYPE_IPV4) return null;
  const first = frame.readUInt8(HEADER_BYTES);
  const headerBytes = (first & 15) * 4;
  if (first >> 4 !== 4 || headerBytes < IPV4_BYTES) return null;
  if (frame.readUInt8(HEADER_BYTES + 9) !== PROTOCOL_UDP) return null;
  if ((frame.readUInt16BE(HEADER_BYTES + 6) & IS_FRAGMENT) !== 0) return null;
  const udp = HEADER_BYTES + headerBytes;
  const end = HEADER_BYTES + frame.readUInt16BE(HEADER_BYTES + 2);
  if (end > frame.length || udp + UDP_BYTES > end) return null;
  const length = frame.readUInt16BE(udp + 4);
  if (length < UDP_BYTES || udp + length > end) return null;
  return {
    sourceAddress: frame.readUInt32BE(HEADER_BYTES + 12),
    sourcePort: frame.readUInt16BE(udp),
    destinationAddress: frame.readUInt32BE(HEADER_BYTES + 16),
    destinationPort: frame.readUInt16BE(udp + 2),
    payload: frame.subarray(udp + UDP_BYTES, udp + length),
  };
}

/** The frame for a datagram. Its UDP checksum is 0, which means none (RFC 768). */
export function datagramFrame(macs: { source: number; destination: number }, datagram: Datagram): Buffer {
  const { sourceAddress, sourcePort, destinationAddress, destinationPort, payload } = datagram;
  const udp = HEADER_BYTES + IPV4_BYTES;
  const frame = Buffer.alloc(udp + UDP_BYTES + payload.length);
  frame.writeUIntBE(macs.destination, 0, MAC_BYTES);
  frame.writeUIntBE(macs.source, MAC_BYTES, MAC_BYTES);
  frame.writeUInt16BE(TYPE_IPV4, 2 * MAC_BYTES);
  frame.writeUInt8(0x45, HEADER_BYTES);
  frame.writeUInt16BE(frame.length - HEADER_BYTES, HEADER_BYTES + 2);
  frame.writeUInt16BE(DO_NOT_FRAGMENT, HEADER_BYTES + 6);
  frame.writeUInt8(TIME_TO_LIVE, HEADER_BYTES + 8);
  frame.writeUInt8(PROTOCOL_UDP, HEADER_BYTES + 9);
  frame.writeUInt32BE(sourceAddress, HEADER_BYTES + 12);
  frame.writeUInt32BE(destinationAddress, HEADER_BYTES + 16);
  frame.writeUInt16BE(checksumOf(frame.subarray(HEADER_BYTES, udp)), HEADER_BYTES + 10);
  frame.writeUInt16BE(sourcePort, udp);
  frame.writeUInt16BE(destinationPort, udp + 2);
  frame.writeUInt16BE(UDP_BYTES + payload.length, udp + 4);
  payload.copy(frame, udp + UDP_BYTES);
  return frame;
}

/** Of an IPv4 header (RFC 1071); 0 for one that has its checksum in it. */
export function checksumOf(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
