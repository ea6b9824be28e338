// Anything that may take longer than a second: shown with progress, and cancelled where that is still possible.
import { z } from 'zod';
import { errorRecordSchema } from '../errors.ts';
import type { StepCode } from '../terms/index.ts';
import { timestamp } from './common.ts';
import { operationKindSchema } from './operation-kind.ts';

/** What an operation is doing now. */
export const operationStepSchema = z.object({
  code: z
    .string()
    .describe('From the table in protocol/terms/step-terms.ts; an unknown code comes from a newer agent.'),
  data: z.record(z.string(), z.union([z.string(), z.number()])).describe('Fields of the words for it.'),
});
export type OperationStep = z.infer<typeof operationStepSchema>;

/** How far an operation is with one of many VMs that end apart. */
export const operationPartSchema = z.object({
  vmId: z.string(),
  vmName: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  done: z.number(),
  total: z.number(),
});
export type OperationPart = z.infer<typeof operationPartSchema>;

export const operationSchema = z.object({
  id: z.string(),
  kind: operationKindSchema,
  /** What it is about, for the texts of the window. */
  subject: z.object({
    envName: z.string().optional(),
    vmId: z.string().optional(),
    vmName: z.string().optional(),
    snapshotName: z.string().optional(),
    imageName: z.string().optional(),
    labName: z.string().optional(),
    profileName: z.string().optional(),
    templateName: z.string().optional(),
    sessionName: z.string().optional(),
  }),
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  step: operationStepSchema.nullable().describe('null before its first step.'),
  progress: z.object({ done: z.number(), total: z.number() }).nullable(),
  parts: z.array(operationPartSchema).optional().describe('Of an operation on VMs that end apart.'),
  cancellable: z.boolean(),
  startedAt: timestamp,
  endedAt: timestamp.nullable(),
  error: errorRecordSchema.nullable(),
});
export type Operation = z.infer<typeof operationSchema>;

/** Steps whose progress is a number of things, each worth telling: `3/10`. Of all others it is an amount: `27 %`. */
const countedSteps: ReadonlySet<string> = new Set<StepCode>([
  'changingVms',
  'cloningDisks',
  'compactingDisks',
  'copyingVms',
  'deletingVms',
  'growingDisks',
  'probingVms',
  'resettingIdentity',
  'resumingVms',
  'revertingVms',
  'savingVms',
  'startingVms',
  'stoppingVms',
]);

/** How far the present step is, as short text without words: `3/10` or `27 %`; null where that is not known. */
export function progressText({ step, progress }: Pick<Operation, 'step' | 'progress'>): string | null {
  if (progress === null || progress.total <= 0) return null;
  if (step && countedSteps.has(step.code)) return `${progress.done}/${progress.total}`;
  return `${Math.floor((100 * Math.min(progress.done, progress.total)) / progress.total)} %`;
}
