// How a matrix went: what `tt matrix run --json` prints, and what the other reports are made of. Keys are added, never renamed.
import { z } from 'zod';
import { errorRecordSchema } from '../errors.ts';
import { timestamp, vmId } from './common.ts';

/** Bytes of one output that a report holds at most: its beginning and its end. */
export const MOST_REPORTED_BYTES = 64 * 1024;

export const matrixStepStateSchema = z
  .enum(['waiting', 'running', 'passed', 'failed', 'unreachable', 'cancelled', 'skipped', 'notReached'])
  .describe(
    'failed: its command ended otherwise than with 0 or took too long, or a service that it waits for did not come. unreachable: its guest could not be asked, or nobody knows how the command ended. skipped: the file leaves it out on this system. notReached: an earlier step had failed.',
  );
export type MatrixStepState = z.infer<typeof matrixStepStateSchema>;

export const matrixOutputSchema = z.object({
  text: z.string().describe('As UTF-8; of a long output its beginning and its end.'),
  bytes: z.number().int().nonnegative().describe('What was printed.'),
  leftOutBytes: z.number().int().nonnegative().describe('Of these, what `text` lacks.'),
});
export type MatrixOutput = z.infer<typeof matrixOutputSchema>;

export const matrixStepResultSchema = z.object({
  name: z.string(),
  state: matrixStepStateSchema,
  attempts: z.number().int().nonnegative().describe('How often its command was tried.'),
  startedAt: timestamp.nullable().describe('Of the waiting for its services, otherwise of its first try.'),
  endedAt: timestamp.nullable(),
  exitCode: z.number().int().nullable().describe('Of its last try.'),
  signal: z.string().nullable(),
  timedOut: z.boolean().describe('Its last try was killed because it took too long.'),
  failure: errorRecordSchema.nullable().describe('null where the exit code says it all.'),
  stdout: matrixOutputSchema,
  stderr: matrixOutputSchema,
});
export type MatrixStepResult = z.infer<typeof matrixStepResultSchema>;

export const matrixFetchedSchema = z.object({
  path: z.string().describe('As the file has it.'),
  step: z.string().nullable().describe('The step that it was fetched after; null: at the end.'),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number(), file: z.string() })),
  leftOut: z.array(z.string()).describe('Links below folders, devices and sockets.'),
  failure: errorRecordSchema.nullable(),
});
export type MatrixFetched = z.infer<typeof matrixFetchedSchema>;

export const matrixResultSchema = z
  .enum(['passed', 'failed', 'unreachable', 'cancelled'])
  .describe('failed weighs more than unreachable.');
export type MatrixResult = z.infer<typeof matrixResultSchema>;

export const matrixVmResultSchema = z.object({
  vmId,
  vmName: z.string(),
  os: z.string(),
  result: matrixResultSchema.nullable().describe('null: it has not ended.'),
  failure: errorRecordSchema.nullable().describe('Why no step was reached.'),
  steps: z.array(matrixStepResultSchema),
  artefacts: z.array(matrixFetchedSchema),
});
export type MatrixVmResult = z.infer<typeof matrixVmResultSchema>;

export const matrixReportSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  envName: z.string(),
  startedAt: timestamp,
  endedAt: timestamp.nullable(),
  result: matrixResultSchema.nullable(),
  steps: z.array(z.string()),
  vms: z.array(matrixVmResultSchema),
  firstFailure: z.object({ vmName: z.string(), step: z.string().nullable(), at: timestamp }).nullable(),
  snapshot: z
    .object({
      name: z.string(),
      link: z.string().nullable().describe('Opens it in the window, in a browser that has been let in (`tt open`).'),
      failure: errorRecordSchema.nullable().describe('Why there is none.'),
    })
    .nullable()
    .describe('Of the ENV at the first failure; null where none was to be taken.'),
  env: z
    .object({
      state: z.enum(['deleted', 'kept', 'left']),
      endAt: timestamp.nullable().describe('When it is deleted.'),
      failure: errorRecordSchema.nullable(),
    })
    .nullable()
    .describe('What became of it. left: it could not be deleted; its lifetime ends it.'),
});
export type MatrixReport = z.infer<typeof matrixReportSchema>;
