// The keys of the configuration file about how the agent is reached and what it writes down: address, TLS, window, log, audit trail.
import { z } from 'zod';
import { port, text } from './fields.ts';

export const windowSchema = z
  .strictObject({
    directory: text.nullable().default(null).meta({
      description: 'Folder with the built window (`out/renderer`), served to browsers.',
      defaultText: 'none',
    }),
  })
  .prefault({});

export const logSchema = z
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
  .prefault({});

export const auditSchema = z
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
  .prefault({});

export const listenSchema = z
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
  .prefault({});

export const tlsSchema = z
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
  .prefault({});
