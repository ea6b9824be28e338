// The switch between the NICs of one ENV: which frame goes where. It knows each NIC’s MAC and address from the records, so nothing is
// learnt from frames and nothing grows with them. Each NIC has two sides: its guest, and the way out that is the guest’s alone
// (user networking of its own QEMU). Pure: sockets are in `plug.ts`.
import { lastAddress, netmask, parseAddress } from '../address-pool.ts';
import { answerDhcp, DHCP_CLIENT_PORT, DHCP_SERVER_PORT, type Lease } from './dhcp-answer.ts';
import { answerDns, DNS_PORT, type EnvNames } from './dns-answer.ts';
import { FloodLimit } from './flood-limit.ts';
import {
  askedAddress,
  BROADCAST_MAC,
  type Datagram,
  datagramFrame,
  destinationOf,
  HEADER_BYTES,
  isForGroup,
  isForSwitches,
  LONGEST_FRAME,
  macNumberOf,
  readDatagram,
  sourceOf,
  TYPE_ARP,
  TYPE_IPV4,
  typeOf,
} from './frames.ts';
import { slirpMac, type SwitchAddresses, switchAddresses } from './switch-addresses.ts';

export interface SwitchNic {
  mac: string;
  ip: string;
  /** A DNS label. */
  hostname: string;
}

export interface SwitchSettings {
  /** e.g. `10.213.3.0/24`. */
  cidr: string;
  /** DNS domain of the ENV, e.g. `shop.tt`. */
  domain: string;
  isFenced: boolean;
}

export type Side = 'guest' | 'wayOut';

/** Sends a frame to one side of the NIC with this MAC; may drop it. The bytes are the caller’s again once it returns. */
export type Deliver = (mac: string, side: Side, frame: Buffer) => void;

/** Why frames were dropped. */
export interface Dropped {
  /** Too short or too long. */
  size: number;
  /** Not from the MAC of the NIC. */
  source: number;
  /** To a MAC that no NIC of the ENV has, or of a kind that is not passed on. */
  destination: number;
  /** More for everybody than one NIC may send. */
  flood: number;
}

interface Port {
  nic: SwitchNic;
  mac: number;
  lease: Lease;
  flood: FloodLimit;
}

export class EnvSwitch {
  readonly #addresses: SwitchAddresses;
  readonly #settings: SwitchSettings;
  readonly #deliver: Deliver;
  readonly #now: () => number;
  readonly #gatewayMac: number;
  readonly #nameServerMac: number;
  readonly #ports = new Map<number, Port>();
  /** The same by the text of the MAC, as `receive` is called for every frame. */
  readonly #byText = new Map<string, Port>();
  readonly dropped: Dropped = { size: 0, source: 0, destination: 0, flood: 0 };
  #names: EnvNames;

  /** `now`: milliseconds that never go backwards. */
  constructor(settings: SwitchSettings, deliver: Deliver, now: () => number = () => performance.now()) {
    this.#settings = settings;
    this.#addresses = switchAddresses(settings.cidr);
    this.#deliver = deliver;
    this.#now = now;
    this.#gatewayMac = slirpMac(this.#addresses.gateway);
    this.#nameServerMac = slirpMac(this.#addresses.nameServer);
    this.#names = this.#namesOf([]);
  }

  /** Its NICs from now on. */
  setNics(nics: readonly SwitchNic[]): void {
    const before = new Map(this.#ports);
    this.#ports.clear();
    this.#byText.clear();
    for (const nic of nics) {
      const mac = macNumberOf(nic.mac);
      const flood = before.get(mac)?.flood ?? new FloodLimit(this.#now);
      const port = { nic, mac, flood, lease: this.#leaseOf(nic, mac) };
      this.#ports.set(mac, port);
      this.#byText.set(nic.mac, port);
    }
    this.#names = this.#namesOf(nics);
  }

  /** A frame that came from one side of the NIC with this MAC. */
  receive(mac: string, side: Side, frame: Buffer): void {
    const port = this.#byText.get(mac);
    // Its last frames, after it was removed.
    if (port === undefined) return;
    if (frame.length < HEADER_BYTES || frame.length > LONGEST_FRAME) {
      this.dropped.size += 1;
      return;
    }
    if (side === 'guest') this.#fromGuest(port, frame);
    else this.#fromWayOut(port, frame);
  }

  #fromGuest(port: Port, frame: Buffer): void {
    if (sourceOf(frame) !== port.mac) {
      this.dropped.source += 1;
      return;
    }
    const datagram = readDatagram(frame);
    if (datagram?.destinationPort === DHCP_SERVER_PORT) this.#answerDhcp(port, datagram);
    else if (isForGroup(frame)) this.#toGroup(port, frame);
    else this.#toOne(port, frame, datagram);
  }

  #toGroup(port: Port, frame: Buffer): void {
    const asked = askedAddress(frame);
    if (asked === this.#addresses.gateway || asked === this.#addresses.nameServer) {
      this.#deliver(port.nic.mac, 'wayOut', frame);
      return;
    }
    if (isForSwitches(frame)) {
      this.dropped.destination += 1;
      return;
    }
    if (!port.flood.take(this.#ports.size - 1)) {
      this.dropped.flood += 1;
      return;
    }
    for (const other of this.#ports.values()) if (other !== port) this.#deliver(other.nic.mac, 'guest', frame);
  }

  #toOne(port: Port, frame: Buffer, datagram: Datagram | null): void {
    const destination = destinationOf(frame);
    if (destination === this.#gatewayMac || destination === this.#nameServerMac) {
      if (datagram !== null && this.#answerDns(port, frame, datagram)) return;
      this.#deliver(port.nic.mac, 'wayOut', frame);
      return;
    }
    const neighbour = this.#ports.get(destination);
    if (neighbour === undefined || neighbour === port) this.dropped.destination += 1;
    else this.#deliver(neighbour.nic.mac, 'guest', frame);
  }

  /** Whatever QEMU's user networking sends is for its own guest. */
  #fromWayOut(port: Port, frame: Buffer): void {
    const source = sourceOf(frame);
    if (source !== this.#gatewayMac && source !== this.#nameServerMac) {
      this.dropped.source += 1;
      return;
    }
    const destination = destinationOf(frame);
    const type = typeOf(frame);
    const isForGuest = destination === port.mac || destination === BROADCAST_MAC;
    // It would answer DHCP too, with addresses of its own choice.
    const isDhcp = readDatagram(frame)?.sourcePort === DHCP_SERVER_PORT;
    if (!isForGuest || (type !== TYPE_ARP && type !== TYPE_IPV4) || isDhcp) this.dropped.destination += 1;
    else this.#deliver(port.nic.mac, 'guest', frame);
  }

  /** What is sent to a DHCP server never leaves the switch. */
  #answerDhcp(port: Port, { payload }: Datagram): void {
    const answer = answerDhcp(payload, port.lease);
    if (answer === null) return;
    const macs = { source: this.#gatewayMac, destination: answer.isBroadcast ? BROADCAST_MAC : port.mac };
    const frame = datagramFrame(macs, {
      sourceAddress: this.#addresses.gateway,
      sourcePort: DHCP_SERVER_PORT,
      destinationAddress: answer.address,
      destinationPort: DHCP_CLIENT_PORT,
      payload: answer.payload,
    });
    this.#deliver(port.nic.mac, 'guest', frame);
  }

  /** True if it was a question that the ENV can answer. */
  #answerDns(port: Port, frame: Buffer, query: Datagram): boolean {
    const { gateway, nameServer } = this.#addresses;
    const isForUs = query.destinationAddress === nameServer || query.destinationAddress === gateway;
    if (query.destinationPort !== DNS_PORT || !isForUs) return false;
    const payload = answerDns(query.payload, this.#names);
    if (payload === null) return false;
    const answer = datagramFrame(
      { source: destinationOf(frame), destination: port.mac },
      {
        sourceAddress: query.destinationAddress,
        sourcePort: DNS_PORT,
        destinationAddress: query.sourceAddress,
        destinationPort: query.sourcePort,
        payload,
      },
    );
    this.#deliver(port.nic.mac, 'guest', answer);
    return true;
  }

  #leaseOf({ ip, hostname }: SwitchNic, mac: number): Lease {
    const { block, gateway, nameServer } = this.#addresses;
    return {
      mac,
      address: parseAddress(ip),
      netmask: parseAddress(netmask(block)),
      broadcast: lastAddress(block),
      gateway,
      nameServer,
      hostname,
      domain: this.#settings.domain,
    };
  }

  #namesOf(nics: readonly SwitchNic[]): EnvNames {
    const { block } = this.#addresses;
    const last = lastAddress(block);
    return {
      domain: this.#settings.domain,
      addresses: new Map(nics.map(({ hostname, ip }) => [hostname, parseAddress(ip)])),
      isOwn: (address) => address >= block.base && address <= last,
      isFenced: this.#settings.isFenced,
    };
  }
}
