// The configuration file's schema: every key once, with its description, default and unit. Validation, flags, suggestions for
// misspelled keys and docs/config-reference.md are derived from it.
import { isIPv4 } from 'node:net';
import { LIFETIME_MIN_S } from '@tt/protocol';
import { z } from 'zod';
import { ENGINE_NAMES } from '../engines/names.ts';
import { limitsSchema, quotaSchema } from './limits-schema.ts';
import { oidcSchema } from './oidc-schema.ts';

declare module 'zod' {
  interface GlobalMeta {
    /** Of the number, e.g. `MiB`. */
    unit?: string;
    /** Applied by SIGHUP; keys without it need a restart. */
    live?: true;
    /** The text in the reference if the default is determined at start. */
    defaultText?: string;
  }
}

const port = (min: number) => z.int().min(min).max(65_535);
const seconds = z.int().min(1);
const text = z.string().min(1);
const ipv4 = z.string().refine(isIPv4, 'must be an IPv4 address');
/** The network of an IPv4 CIDR, wide enough to cut a /24 for more than one ENV. */
const pool = z
  .string()
  .refine(isPool, 'must be an IPv4 network of /8 to /22 whose address is its first, e.g. 10.210.0.0/16');
const userSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'must be letters, digits, "_", "." and "-", at most 63')
    .refine((name) => name !== 'local', 'must not be "local": that is whoever has the state folder’s own token')
    .meta({ description: 'Shown as the owner of ENVs, and in the log.', live: true }),
  tokenSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits in quotes, as "tt-agent user add" prints them')
    .meta({ description: 'SHA-256 of the token. `tt-agent user add NAME` creates both.', live: true }),
  role: z.enum(['admin', 'user', 'viewer']).default('user').meta({
    description: '`admin` may do everything; `user` changes only their own things; `viewer` only looks.',
    live: true,
  }),
});

export const fileSchema = z.strictObject({
  home: text.optional().meta({
    description: 'State folder (0700): database, token, disks, sockets. Only one agent at a time can use it.',
    defaultText: '`TT_HOME`, else `~/.local/share/tt`',
  }),
  engines: z
    .array(z.enum(ENGINE_NAMES))
    .min(1)
    .optional()
    .meta({
      description:
        'What runs VMs, by the first part of the image’s name; the first one also runs VMs without an image. VMs of an ' +
        'engine that is left out can still be stopped and deleted. `fake` is for development only and must be the only one: ' +
        'every driver is fake, no VM runs, and a real state folder is refused.',
      defaultText: 'all but `fake`; the host shows which work and why others do not',
    }),
  acceleration: z
    .enum(['auto', 'kvm', 'tcg'])
    .default('auto')
    .meta({
      description:
        'How guests run. `auto` is KVM if a test guest runs with it in well under the time that TCG (emulation) needs, else ' +
        'TCG; a guest that hangs with KVM is restarted with TCG. `kvm` and `tcg` are used without test and supervision.',
    }),
  prepareImages: z.boolean().default(true).meta({ description: 'Build missing images that have a recipe, at start.' }),
  tearDownOnExit: z
    .boolean()
    .default(false)
    .meta({
      description:
        'The agent and everything it starts run in a process namespace of their own and end with it, however it ends, even by ' +
        'SIGKILL. Needs root. Stop all VMs before you enable it: it can’t see those that an agent without it left running.',
    }),
  cgroups: z
    .enum(['auto', 'off'])
    .default('auto')
    .meta({ description: '`auto` limits and measures each VM with a control group if the host allows it.' }),
  images: z
    .strictObject({
      path: text
        .optional()
        .meta({ description: 'Folder with images, one subfolder each.', defaultText: '`images` in the state folder' }),
    })
    .prefault({}),
  warmImages: z
    .strictObject({
      count: z
        .int()
        .min(0)
        .max(1000)
        .default(0)
        .meta({
          description:
            'How many images are kept warm automatically: those that most VMs were made from lately. New VMs wake from them ' +
            'instead of booting. `tt image warm` warms others besides. 0: none.',
          live: true,
        }),
      diskMiB: z.int().min(1).default(8192).meta({
        description: 'The most that they may take on the disk together.',
        unit: 'MiB',
        live: true,
      }),
      memoryMiB: z.int().min(1).default(2048).meta({
        description: 'The most memory of the VM that is booted to warm one; they are warmed one after the other.',
        unit: 'MiB',
        live: true,
      }),
    })
    .prefault({}),
  storage: z
    .strictObject({
      kind: z
        .enum(['auto', 'qcow2', 'reflink', 'zfs'])
        .default('auto')
        .meta({
          description:
            'How disks of VMs are stored. `qcow2` works everywhere; `reflink` needs xfs or btrfs below the state folder; `zfs` ' +
            'needs `zfsDataset`. `auto` is `zfs` if that is set, else what the existing disks use, else the ' +
            'best that the folder supports.',
        }),
      zfsDataset: text.nullable().default(null).meta({
        description: 'Mounted ZFS dataset for the disks, used only by the agent, e.g. `tank/tt`.',
        defaultText: 'none',
      }),
      zfsVolumes: z
        .enum(['auto', 'always', 'never'])
        .default('auto')
        .meta({
          description:
            'Whether disks in ZFS are volumes (zvols) or files in datasets. `auto` is what the existing disks use, else ' +
            'volumes if a trial volume gets a device, else files.',
        }),
    })
    .prefault({}),
  window: z
    .strictObject({
      directory: text.nullable().default(null).meta({
        description: 'Folder with the built window (`out/renderer`), served to browsers.',
        defaultText: 'none',
      }),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
        .default('info')
        .meta({ description: 'The lowest level that is written.', live: true }),
      file: text
        .nullable()
        .default(null)
        .meta({
          description:
            'Log file (0600), at most 16 MiB, with up to three older ones beside it, `FILE.1` being the newest. A relative ' +
            'path is relative to the folder of this file.',
          defaultText: 'standard output',
        }),
    })
    .prefault({}),
  audit: z
    .strictObject({
      keepDays: z.int().min(1).max(3650).default(90).meta({
        description: 'How long entries of the audit trail are kept.',
        unit: 'days',
        live: true,
      }),
      maxMiB: z.int().min(1).max(65_536).default(256).meta({
        description:
          'The most that the audit trail takes; the oldest entries are removed above that, and the log says so.',
        unit: 'MiB',
        live: true,
      }),
    })
    .prefault({}),
  listen: z
    .strictObject({
      address: text.default('127.0.0.1').meta({
        description: 'Address to listen on. Loopback addresses speak plain HTTP, all others TLS and nothing else.',
      }),
      port: port(0).default(0).meta({
        description:
          'TCP port to listen on, outside the range of forwards; 0: the one it had before, otherwise any free port outside it.',
      }),
      socketFile: text
        .nullable()
        .default(null)
        .meta({
          description:
            'A unix socket beside the port, e.g. `/run/tt/agent.sock`, for `tt` and other programs of this host and for desktops that ' +
            'come over SSH (`unix:/run/tt/agent.sock`). Only its owner may write to its folder. A relative path is relative to the ' +
            'folder of this file.',
          defaultText: 'none',
        }),
      socketGroup: text.nullable().default(null).meta({
        description: 'A group of this host whose members may use `socketFile` (0660). They need a token all the same.',
        defaultText: 'only the user of the agent (0600)',
      }),
    })
    .prefault({}),
  tls: z
    .strictObject({
      mode: z
        .enum(['auto', 'always'])
        .default('auto')
        .meta({ description: '`always` speaks TLS at loopback addresses too.' }),
      names: z.array(text).max(100).default([]).meta({
        description:
          'More host names and addresses at which clients reach the agent, beside the name and the addresses of this host.',
      }),
      certificateFile: text
        .nullable()
        .default(null)
        .meta({
          description:
            'A certificate of your own, with its chain, PEM. Read again on SIGHUP and once an hour. A relative path is relative to the ' +
            'folder of this file.',
          defaultText: 'one that the agent makes itself',
        }),
      keyFile: text.nullable().default(null).meta({
        description: 'The private key of `certificateFile`, PEM.',
        defaultText: 'none',
      }),
    })
    .prefault({}),
  capacity: z
    .strictObject({
      cpuTotal: z.int().min(1).nullable().default(null).meta({
        description: 'Processors that VMs may use, before overcommit.',
        defaultText: 'all of the machine',
        live: true,
      }),
      cpuOvercommit: z.number().min(0.1).max(1000).default(8).meta({
        description: 'Virtual processors allocated for each real one.',
        live: true,
      }),
      memoryTotalMiB: z.int().min(1).nullable().default(null).meta({
        description: 'Memory that may be allocated to VMs, before overcommit.',
        unit: 'MiB',
        defaultText: 'nine tenths of the machine’s',
        live: true,
      }),
      memoryOvercommit: z.number().min(0.1).max(1000).default(1).meta({
        description: 'MiB allocated for each MiB of `memoryTotalMiB`.',
        live: true,
      }),
      diskTotalMiB: z.int().min(1).nullable().default(null).meta({
        description: 'Disk that may be allocated to VMs (their virtual sizes).',
        unit: 'MiB',
        defaultText: 'size of the file system of the state folder',
        live: true,
      }),
      startWidth: z.int().min(1).nullable().default(null).meta({
        description: 'How many VMs can be starting at the same time.',
        defaultText: 'processors of the machine',
      }),
    })
    .prefault({}),
  lifetime: z
    .strictObject({
      defaultS: seconds.min(LIFETIME_MIN_S).optional().meta({
        description: 'Of an ENV created without one.',
        unit: 's',
        live: true,
        defaultText: '3600, or `maxS` if that is less',
      }),
      maxS: seconds.min(LIFETIME_MIN_S).default(21_600).meta({
        description: 'The longest lifetime; only administrators can exceed it. Existing ENVs keep theirs.',
        unit: 's',
        live: true,
      }),
      warnS: z
        .array(seconds)
        .max(10)
        .default([900, 300, 60])
        .meta({ description: 'How long before its end users of an ENV are warned.', unit: 's', live: true }),
    })
    .prefault({}),
  envs: z
    .strictObject({
      keepDeletedS: z
        .int()
        .min(0)
        .max(31_536_000)
        .default(0)
        .meta({
          description:
            'How long a deleted ENV stays in the bin, from which it can be restored. It counts in quotas and takes its disk ' +
            'until then; a full disk removes the longest deleted first. 0: deleted at once.',
          unit: 's',
          live: true,
        }),
    })
    .prefault({}),
  quota: z
    .strictObject({
      default: quotaSchema.prefault({}).meta({ description: 'For every user without an entry of their own.' }),
      users: z.record(z.string(), quotaSchema).default({}).meta({
        description: 'By user name, with the keys of `default`. An entry replaces `default` completely.',
        live: true,
      }),
    })
    .prefault({}),
  limits: limitsSchema,
  network: z
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
          pool: pool
            .default('10.210.0.0/16')
            .meta({ description: 'IPv4 network from which `nat` networks are taken.' }),
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
    .prefault({}),
  ports: z
    .strictObject({
      first: port(1024).default(40_000).meta({ description: 'First port of the range for forwards to VMs.' }),
      last: port(1024).default(59_999).meta({ description: 'Last port of the range.' }),
      hostAddress: ipv4.nullable().default(null).meta({
        description:
          'IPv4 address at which clients reach forwarded ports; with user networking, at which QEMU listens.',
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
    .prefault({}),
  vmUsers: z
    .strictObject({
      first: z
        .int()
        .min(1)
        .max(4_294_967_294)
        .meta({ description: 'The first user id. None of the ids may exist on the host.' }),
      count: z.int().min(1).max(1_000_000).meta({ description: 'How many ids: the most VMs there can be.' }),
    })
    .nullable()
    .default(null)
    .meta({
      description: 'User ids for QEMU when the agent is root, one for each VM.',
      defaultText: '2200 ids far above those of accounts, in a range of its own for each agent',
    }),
  oidc: oidcSchema,
  users: z
    .array(userSchema)
    .max(10_000)
    .default([])
    .meta({ description: 'Users besides the owner of the state folder’s token.', live: true }),
});

/** The file with every default filled in. */
export type FileConfig = z.output<typeof fileSchema>;

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
