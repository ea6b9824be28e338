// The keys of the configuration file about networks of VMs and the ports of the host that lead to them.
import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { ipv4, port, text } from './fields.ts';

/** The network of an IPv4 CIDR, wide enough to cut a /24 for more than one ENV. */
const pool = z
  .string()
  .refine(isPool, 'must be an IPv4 network of /8 to /22 whose address is its first, e.g. 10.210.0.0/16');

export const networkSchema = z
  .strictObject({
    default: z
      .enum(['auto', 'user', 'nat', 'flat', 'bridge', 'switch'])
      .default('auto')
      .meta({
        description:
          'Of NICs that ask for none. `user` and `switch` need no root; `nat` is a bridge for each ENV; `flat` reaches over hosts; ' +
          '`bridge` is the network of `network.bridge.device`; `switch` is `user` with neighbours. `auto` is `nat` as root with the ' +
          'tools for it, without root `switch`, else `user`.',
      }),
    undoAtEnd: z
      .boolean()
      .default(false)
      .meta({
        description:
          'An agent that ends in order while no VM runs removes its bridges and rules, and gives settings of the host their ' +
          'former values. What it made is there again after the next start. For an agent that somebody starts and ends by hand.',
      }),
    nat: z
      .strictObject({
        pool: pool.default('10.210.0.0/16').meta({ description: 'IPv4 network from which `nat` networks are taken.' }),
      })
      .prefault({}),
    flat: z
      .strictObject({
        pool: pool.default('10.200.0.0/16').meta({
          description: 'IPv4 network from which `flat` networks are taken; the same on all hosts.',
        }),
        localAddress: ipv4.nullable().default(null).meta({
          description: 'IPv4 address of this host for the other hosts.',
          defaultText: 'the address of the default route',
        }),
        peers: z.array(ipv4).max(1000).default([]).meta({ description: 'IPv4 addresses of the other hosts.' }),
        port: port(1).default(4789).meta({ description: 'UDP port of VXLAN (RFC 7348).' }),
      })
      .prefault({}),
    switch: z
      .strictObject({
        pool: pool.default('10.213.0.0/16').meta({
          description:
            'IPv4 network from which `switch` networks are taken; the guests can’t reach others of these addresses.',
        }),
      })
      .prefault({}),
    bridge: z
      .strictObject({
        device: z
          .string()
          .regex(/^[A-Za-z0-9_.-]{1,15}$/, 'must be the name of an interface, e.g. br0')
          .nullable()
          .default(null)
          .meta({
            description:
              'A bridge of this host into its network, which NICs of kind `bridge` join. TT never creates, changes or ' +
              'removes it. null: the kind is not offered.',
          }),
        users: z.array(text).max(1000).default([]).meta({
          description: 'Names of users who can connect machines to it, beside administrators; `"*"` is every user.',
          live: true,
        }),
      })
      .prefault({}),
  })
  .prefault({});

export const portsSchema = z
  .strictObject({
    first: port(1024).default(40_000).meta({ description: 'First port of the range for forwards to VMs.' }),
    last: port(1024).default(59_999).meta({ description: 'Last port of the range.' }),
    hostAddress: ipv4.nullable().default(null).meta({
      description: 'IPv4 address at which clients reach forwarded ports; with user networking, at which QEMU listens.',
      defaultText: 'the first interface; 127.0.0.2 with user networking',
    }),
    onlyThisHost: z
      .boolean()
      .default(false)
      .meta({
        description:
          'Forwarded ports of `nat` networks answer programs of this host and guests only, not the network around it. With ' +
          'user networking `ports.hostAddress` decides.',
      }),
  })
  .prefault({});

/** First and last address as numbers. */
export function rangeOf(cidr: string): { first: number; last: number } {
  const [address = '', bits = '32'] = cidr.split('/');
  const first = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return { first, last: first + 2 ** (32 - Number(bits)) - 1 };
}

function isPool(cidr: string): boolean {
  const [, address = '', bits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(cidr) ?? [];
  const size = 2 ** (32 - Number(bits));
  return isIPv4(address) && Number(bits) >= 8 && Number(bits) <= 22 && rangeOf(cidr).first % size === 0;
}
