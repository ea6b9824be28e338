// Events, named in the past tense. Each carries the new data, a revision and its source, so that a client can order them and
// skip repeated ones.
import { z } from 'zod';
import { timestamp, vmId } from './model/common.ts';
import { endPolicySchema, envSchema } from './model/env.ts';
import { hostSchema } from './model/host.ts';
import { imageSchema } from './model/image.ts';
import { labSchema, profileSchema } from './model/lab.ts';
import { metricsSchema } from './model/metrics.ts';
import { operationSchema } from './model/operation.ts';
import { runId, runSchema, runVmSchema } from './model/run.ts';
import { snapshotSchema } from './model/snapshot.ts';
import { templateSchema } from './model/template.ts';
import { vmSchema } from './model/vm.ts';

/** The scope of revisions: one run of one agent (or proxy). After a restart revisions begin again in a new epoch. */
export const eventSourceSchema = z.object({ hostId: z.string(), epoch: z.string() });
export type EventSource = z.infer<typeof eventSourceSchema>;

const stamp = {
  revision: z.number().int().positive().describe('Grows by one with each event of its source.'),
  source: eventSourceSchema,
  at: timestamp,
};

function eventOf<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.object({ ...stamp, type: z.literal(type), data });
}

export const eventSchema = z.discriminatedUnion('type', [
  eventOf('host.updated', hostSchema),
  eventOf('image.updated', imageSchema),
  eventOf('image.deleted', z.object({ name: z.string() })),
  eventOf('env.created', envSchema),
  eventOf('env.updated', envSchema),
  eventOf('env.deleted', z.object({ name: z.string() })),
  eventOf(
    'env.ending',
    z.object({ name: z.string(), endAt: timestamp, endsInS: z.number().int(), endPolicy: endPolicySchema }),
  ),
  eventOf('vm.created', vmSchema),
  eventOf('vm.updated', vmSchema),
  eventOf('vm.deleted', z.object({ id: vmId, envName: z.string() })),
  eventOf('snapshot.created', snapshotSchema),
  eventOf('snapshot.updated', snapshotSchema),
  eventOf(
    'snapshot.reverted',
    z.object({
      snapshot: snapshotSchema,
      vmIds: z.array(vmId),
      by: z.string().optional().describe('Who did that. Absent: it is not for you to know, or an older agent says it.'),
    }),
  ),
  eventOf('snapshot.deleted', z.object({ id: z.string(), name: z.string(), envName: z.string() })),
  eventOf('lab.updated', labSchema),
  eventOf('lab.deleted', z.object({ name: z.string() })),
  eventOf('profile.updated', profileSchema),
  eventOf('profile.deleted', z.object({ name: z.string() })),
  eventOf('template.updated', templateSchema),
  eventOf('template.deleted', z.object({ id: z.string() })),
  eventOf('operation.updated', operationSchema),
  eventOf(
    'run.updated',
    z.object({
      run: runSchema,
      vms: z.array(runVmSchema).describe('Those that have changed since the last event of this run, at most 100.'),
    }),
  ),
  eventOf('run.deleted', z.object({ id: runId, envName: z.string() })),
]);
export type TtEvent = z.infer<typeof eventSchema>;
export type EventType = TtEvent['type'];
export type EventData<Type extends EventType> = Extract<TtEvent, { type: Type }>['data'];

/** Everything a client shows, at one revision. The feed sends it in pages. */
export const stateSnapshotSchema = z.object({
  host: hostSchema,
  images: z.array(imageSchema),
  envs: z.array(envSchema),
  vms: z.array(vmSchema),
  snapshots: z.array(snapshotSchema),
  labs: z.array(labSchema),
  profiles: z.array(profileSchema),
  templates: z.array(templateSchema),
  operations: z.array(operationSchema),
});
export type StateSnapshot = z.infer<typeof stateSnapshotSchema>;

/** The lists of a snapshot, in the order in which they come. */
export const pictureKinds = [
  'envs',
  'vms',
  'snapshots',
  'images',
  'labs',
  'profiles',
  'templates',
  'operations',
] as const;
export type PictureKind = (typeof pictureKinds)[number];

const count = z.number().int().nonnegative();

/** Some of the records of a snapshot: each record comes once, in one page. */
export const pageRecordsSchema = stateSnapshotSchema.omit({ host: true }).partial();
export type PageRecords = z.infer<typeof pageRecordsSchema>;

/**
 * What `event.follow` yields. First a snapshot: its beginning says how much comes, pages of at most about 256 KiB bring the
 * records as they are at one revision, and its end follows the last page. Then the events after that revision, and metrics once
 * a second. Whoever has seen a revision that is still held gets the events missed instead of a snapshot.
 */
export const feedItemSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('snapshot'),
    revision: count,
    source: eventSourceSchema,
    host: hostSchema,
    counts: z
      .object(Object.fromEntries(pictureKinds.map((kind) => [kind, count])) as Record<PictureKind, typeof count>)
      .describe('How many records of each kind the pages bring.'),
  }),
  z.object({ kind: z.literal('page'), records: pageRecordsSchema }),
  z
    .object({ kind: z.literal('snapshotEnd'), revision: count, source: eventSourceSchema })
    .describe('All records are there. What pages did not bring does not exist.'),
  z.object({ kind: z.literal('event'), event: eventSchema }),
  z.object({ kind: z.literal('metrics'), metrics: metricsSchema }),
]);
export type FeedItem = z.infer<typeof feedItemSchema>;
