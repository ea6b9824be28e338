// The configuration file's schema: every key once, with its description, default and unit. Validation, flags, suggestions for
// misspelled keys and docs/config-reference.md are derived from it.
import { z } from 'zod';
import { ENGINE_NAMES } from '../engines/names.ts';
import { capacitySchema, envsSchema, lifetimeSchema } from './capacity-schema.ts';
import { imagesSchema, storageSchema, warmImagesSchema } from './disk-schema.ts';
import { text } from './fields.ts';
import { limitsSchema, quotaSchema } from './limits-schema.ts';
import { networkSchema, portsSchema } from './network-schema.ts';
import { oidcSchema } from './oidc-schema.ts';
import { auditSchema, listenSchema, logSchema, tlsSchema, windowSchema } from './server-schema.ts';

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
  images: imagesSchema,
  warmImages: warmImagesSchema,
  storage: storageSchema,
  window: windowSchema,
  log: logSchema,
  audit: auditSchema,
  listen: listenSchema,
  tls: tlsSchema,
  capacity: capacitySchema,
  lifetime: lifetimeSchema,
  envs: envsSchema,
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
  network: networkSchema,
  ports: portsSchema,
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
