// A host as its agent sees it: capacity, use, and named features.
import { z } from 'zod';
import { errorRecordSchema } from '../errors.ts';
import { reasonSchema } from '../terms/reason.ts';
import { measured, timestamp } from './common.ts';
import { netKindSchema } from './network.ts';

const amount = z.object({
  totalMiB: z.number().int().nonnegative(),
  usedMiB: z.number().int().nonnegative().describe('Allocated to VMs, not measured.'),
});

/** A feature that no real host has: its drivers are fake, for development, and its machines do not really run. */
export const FAKE_DRIVERS = 'fakeDrivers';

export const hostSchema = z.object({
  id: z.string(),
  name: z.string().describe('Host name of the machine.'),
  version: z.string().describe('Version of TT that runs there.'),
  startedAt: timestamp.describe('When this agent process started.'),
  cpu: z.object({
    total: z.number().int(),
    used: z.number().int().describe('Virtual CPUs of running VMs; can exceed the total.'),
    limit: z.number().int().describe('Virtual CPUs that may be allocated: total times the overcommit setting.'),
  }),
  memory: amount.extend({
    measuredMiB: measured.describe(
      'What running VMs use together, measured: what several share counts once. null while one of them was not measured yet, and if the host does not provide it.',
    ),
  }),
  disk: amount.extend({ freeMiB: z.number().int().describe('Free space of the file system below, measured.') }),
  runningVms: z.number().int(),
  engines: z
    .array(
      z.object({
        name: z.string(),
        prefixes: z.array(z.string()).describe('What the names of its images begin with, before the first colon.'),
        version: z.string().nullable().describe('Of its program; null while it is being probed, or if it is missing.'),
        features: z.array(z.string()),
        acceleration: z
          .object({ kind: z.enum(['kvm', 'tcg']), reason: reasonSchema })
          .nullable()
          .describe('null while it is being probed, or when the engine can’t be used.'),
        problem: reasonSchema.nullable().describe('Why no VM can be started with it; null when one can.'),
      }),
    )
    .describe('The first one also runs VMs without an image.'),
  storage: z.string(),
  networks: z
    .array(
      z.object({
        kind: netKindSchema,
        problem: reasonSchema.nullable().describe('Why it can’t be used; null when it can.'),
      }),
    )
    .describe('The first usable one is the default.'),
  firewall: z.string().describe('Drivers in use, e.g. nft+hostfwd.'),
  warnings: z
    .array(reasonSchema)
    .default([])
    .describe('What others on this host do to its VMs, and how to fix it. Empty from agents that do not check.'),
  cgroups: z.object({ kind: z.enum(['v2', 'v1', 'none', 'fake']), reason: reasonSchema }),
  ports: z.object({ first: z.number().int(), last: z.number().int(), used: z.number().int() }),
  lifetime: z.object({ defaultS: z.number().int(), maxS: z.number().int() }),
  keepDeletedS: z
    .number()
    .int()
    .optional()
    .describe('How long a deleted ENV stays in the bin, in seconds; 0, or absent from older agents: there is no bin.'),
  features: z.array(z.string()).describe('Named abilities of this agent; never compare version numbers.'),
  startup: z
    .array(
      z.object({
        step: z.enum(['engine', 'acceleration', 'image']),
        state: z.enum(['waiting', 'working', 'done', 'failed']),
        names: z.array(z.string()).describe('Of engines or images: what it is about.'),
        failure: errorRecordSchema.nullable(),
      }),
    )
    .describe('What is being prepared at the first start.'),
});
export type Host = z.infer<typeof hostSchema>;
