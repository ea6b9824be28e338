// Test support: a guest on a switch, with its way out: writes the frames that an operating system and QEMU's user networking would, and
// reads the answers. Over any wire: sockets, or the fake.
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { listenOnUnixSocket } from '@tt/client/node';
import { until } from '../../testing/until.ts';
import { formatAddress, parseAddress } from '../address-pool.ts';
import type { NicRequest } from '../interface.ts';
import { DHCP_CLIENT_PORT, DHCP_SERVER_PORT } from './dhcp-answer.ts';
import { DNS_PORT } from './dns-answer.ts';
import type { Side } from './env-switch.ts';
import type { FakeSwitchHost } from './fake-switch-host.ts';
import { FrameSplitter, onStream } from './frame-splitter.ts';
import {
  BROADCAST_ADDRESS,
  BROADCAST_MAC,
  datagramFrame,
  macNumberOf,
  readDatagram,
  sourceOf,
  typeOf,
} from './frames.ts';
import { slirpMac, switchAddresses } from './switch-addresses.ts';

export interface Wire {
  isConnected(): Promise<boolean>;
  send(side: Side, frame: Buffer): void;
  /** Calls `receive` from now on. */
  listen(receive: (side: Side, frame: Buffer) => void): void;
  unplug(): Promise<void>;
}

/** Local experiments (IEEE 802.3, EtherType 88-B5). */
const TEST_TYPE = 0x88b5;
const ARP = 0x0806;
const QUERY_ID = 0x7e57;
const message = { discover: 1, offer: 2, request: 3, ack: 5, nak: 6 } as const;

export class SwitchedGuest {
  readonly mac: number;
  readonly #wire: Wire;
  readonly #request: NicRequest;
  readonly #received: { side: Side; frame: Buffer }[] = [];

  constructor(request: NicRequest, wire: Wire) {
    this.#request = request;
    this.#wire = wire;
    this.mac = macNumberOf(request.nic.mac);
    wire.listen((side, frame) => this.#received.push({ side, frame }));
  }

  connected(): Promise<unknown> {
    return until('the switch is plugged in', () => this.#wire.isConnected());
  }

  disconnected(): Promise<unknown> {
    return until('the switch is gone', async () => !(await this.#wire.isConnected()));
  }

  /** Its address by DHCP; null if nothing is plugged in. `wanted`: as a guest that had this one before. */
  async lease(wanted?: string): Promise<{ address: string; gateway: string; nameServer: string } | 'refused' | null> {
    if (!(await this.#wire.isConnected())) return null;
    const address = Buffer.alloc(4);
    address.writeUInt32BE(wanted === undefined ? await this.#offer() : parseAddress(wanted));
    this.#sendDhcp(message.request, [Buffer.of(50, 4), address]);
    const answer = await this.#dhcpAnswer(message.ack, message.nak);
    if (optionOf(answer, 53)?.at(0) === message.nak) return 'refused';
    const text = (option: number) => formatAddress(optionOf(answer, option)?.readUInt32BE(0) ?? 0);
    return { address: formatAddress(answer.readUInt32BE(16)), gateway: text(3), nameServer: text(6) };
  }

  async #offer(): Promise<number> {
    this.#sendDhcp(message.discover, []);
    return (await this.#dhcpAnswer(message.offer)).readUInt32BE(16);
  }

  /** Asks the name server of its lease; null if there is no such name. 'wayOut': the question has left the ENV. */
  async resolve(name: string): Promise<string | null> {
    const { nameServer } = this.#addresses();
    const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
    const header = Buffer.from([0x7e, 0x57, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    const payload = Buffer.concat([header, ...labels, Buffer.from([0, 0, 1, 0, 1])]);
    this.#received.length = 0;
    this.send(
      datagramFrame(
        { source: this.mac, destination: slirpMac(nameServer) },
        {
          sourceAddress: parseAddress(this.#request.nic.ip ?? ''),
          sourcePort: 40_000,
          destinationAddress: nameServer,
          destinationPort: DNS_PORT,
          payload,
        },
      ),
    );
    const found = await this.#next(({ frame }) => {
      const datagram = readDatagram(frame);
      return datagram !== null && (datagram.sourcePort === DNS_PORT || datagram.destinationPort === DNS_PORT);
    });
    if (found.side === 'wayOut') return 'wayOut';
    const answer = readDatagram(found.frame)?.payload ?? Buffer.alloc(0);
    if (answer.readUInt16BE(0) !== QUERY_ID) throw new Error('an answer to another question');
    return answer.readUInt16BE(6) === 0 ? null : formatAddress(answer.readUInt32BE(answer.length - 4));
  }

  /** An ARP request for an address, as a broadcast. */
  askFor(address: string): void {
    const frame = this.#frame(BROADCAST_MAC, ARP, 42);
    Buffer.from([0, 1, 8, 0, 6, 4, 0, 1]).copy(frame, 14);
    frame.writeUIntBE(this.mac, 22, 6);
    frame.writeUInt32BE(parseAddress(this.#request.nic.ip ?? ''), 28);
    frame.writeUInt32BE(parseAddress(address), 38);
    this.send(frame);
  }

  /** Sends a frame with a word in it, and gives the word. */
  say(destination: number, word: string, source = this.mac): void {
    const frame = this.#frame(destination, TEST_TYPE, 60);
    frame.writeUIntBE(source, 6, 6);
    frame.write(word, 14, 'latin1');
    this.send(frame);
  }

  /** As QEMU's user networking, to its guest or to another MAC. */
  sayFromOutside(word: string, destination = this.mac): void {
    const frame = this.#frame(destination, 0x0800, 60);
    frame.writeUIntBE(slirpMac(this.#addresses().gateway), 6, 6);
    frame.write(word, 34, 'latin1');
    this.#wire.send('wayOut', frame);
  }

  /** Resolves once this word has come on that side; returns the words that came on it before. */
  async hears(word: string, side: Side = 'guest'): Promise<string[]> {
    await this.#next((one) => one.side === side && one.frame.includes(word));
    return this.#received.filter((one) => one.side === side).map(({ frame }) => wordIn(frame));
  }

  /** Resolves once an ARP request has come on that side. */
  async isAsked(side: Side): Promise<void> {
    await this.#next((one) => one.side === side && typeOf(one.frame) === ARP);
  }

  has(side: Side): number {
    return this.#received.filter((one) => one.side === side).length;
  }

  forget(): void {
    this.#received.length = 0;
  }

  send(frame: Buffer): void {
    this.#wire.send('guest', frame);
  }

  unplug(): Promise<void> {
    return this.#wire.unplug();
  }

  #frame(destination: number, type: number, length: number): Buffer {
    const frame = Buffer.alloc(length);
    frame.writeUIntBE(destination, 0, 6);
    frame.writeUIntBE(this.mac, 6, 6);
    frame.writeUInt16BE(type, 12);
    return frame;
  }

  #addresses() {
    return switchAddresses(this.#request.env.cidr ?? '');
  }

  #sendDhcp(type: number, options: readonly Buffer[]): void {
    const fixed = Buffer.alloc(240);
    fixed.set([1, 1, 6], 0);
    fixed.writeUInt32BE(0x12_34_56_78, 4);
    fixed.writeUIntBE(this.mac, 28, 6);
    fixed.writeUInt32BE(0x63_82_53_63, 236);
    const payload = Buffer.concat([fixed, Buffer.of(53, 1, type), ...options, Buffer.of(255)]);
    this.#received.length = 0;
    this.send(
      datagramFrame(
        { source: this.mac, destination: BROADCAST_MAC },
        {
          sourceAddress: 0,
          sourcePort: DHCP_CLIENT_PORT,
          destinationAddress: BROADCAST_ADDRESS,
          destinationPort: DHCP_SERVER_PORT,
          payload,
        },
      ),
    );
  }

  async #dhcpAnswer(...types: number[]): Promise<Buffer> {
    const { frame } = await this.#next((one) => {
      const datagram = readDatagram(one.frame);
      if (one.side !== 'guest' || datagram?.destinationPort !== DHCP_CLIENT_PORT) return false;
      return types.includes(optionOf(datagram.payload, 53)?.at(0) ?? 0);
    });
    if (sourceOf(frame) === this.mac) throw new Error('its own frame came back');
    return readDatagram(frame)?.payload ?? Buffer.alloc(0);
  }

  async #next(is: (one: { side: Side; frame: Buffer }) => boolean): Promise<{ side: Side; frame: Buffer }> {
    await until('a frame comes', async () => this.#received.some(is));
    const found = this.#received.find(is);
    if (!found) throw new Error('it was there');
    return found;
  }
}

function wordIn(frame: Buffer): string {
  return /[a-z]+(?:-[a-z]+)*/.exec(frame.toString('latin1', 14))?.[0] ?? '';
}

function optionOf(payload: Buffer, wanted: number): Buffer | undefined {
  for (let at = 240; at + 1 < payload.length && payload.readUInt8(at) !== 255; ) {
    const end = at + 2 + payload.readUInt8(at + 1);
    if (payload.readUInt8(at) === wanted) return payload.subarray(at + 2, end);
    at = end;
  }
  return undefined;
}

/** As a QEMU: listens on both sockets of a NIC, with one client on each. */
export async function socketWire(sockets: Readonly<Record<Side, string>>): Promise<Wire> {
  const ends = { guest: await SocketEnd.listen(sockets.guest), wayOut: await SocketEnd.listen(sockets.wayOut) };
  return {
    isConnected: async () => ends.guest.isConnected && ends.wayOut.isConnected,
    send: (side, frame) => ends[side].send(frame),
    listen(receive) {
      ends.guest.onFrame = (frame) => receive('guest', frame);
      ends.wayOut.onFrame = (frame) => receive('wayOut', frame);
    },
    async unplug() {
      await Promise.all([ends.guest.close(), ends.wayOut.close()]);
    },
  };
}

class SocketEnd {
  readonly #server: Server;
  readonly #file: string;
  #client: Socket | null = null;
  onFrame: (frame: Buffer) => void = () => {};

  private constructor(server: Server, file: string) {
    this.#server = server;
    this.#file = file;
    server.on('connection', (socket) => {
      this.#client = socket;
      const splitter = new FrameSplitter();
      socket.on('data', (chunk: Buffer) => {
        if (!splitter.push(chunk, (frame) => this.onFrame(Buffer.from(frame)))) socket.destroy();
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        if (this.#client === socket) this.#client = null;
      });
    });
  }

  static async listen(file: string): Promise<SocketEnd> {
    await rm(file, { force: true });
    const server = createServer();
    await listenOnUnixSocket(server, file);
    return new SocketEnd(server, file);
  }

  get isConnected(): boolean {
    return this.#client !== null;
  }

  send(frame: Buffer): void {
    this.#client?.write(onStream(frame));
  }

  async close(): Promise<void> {
    this.#client?.destroy();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
    await rm(this.#file, { force: true });
  }
}

export function fakeWire(host: FakeSwitchHost, { env, nic }: NicRequest): Wire {
  return {
    isConnected: () => host.isConnected(env.number, nic.mac),
    send: (side, frame) => host.send(env.number, nic.mac, side, frame),
    listen: (receive) => host.plugIn(env.number, nic.mac, receive),
    unplug: async () => host.unplug(env.number, nic.mac),
  };
}
