// The keys of the configuration file about how much VMs may use, for how long, and what stays of a deleted ENV.
import { LIFETIME_MIN_S } from '@tt/protocol';
import { z } from 'zod';
import { seconds } from './fields.ts';

export const capacitySchema = z
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
  .prefault({});

export const lifetimeSchema = z
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
  .prefault({});

export const envsSchema = z
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
  .prefault({});
