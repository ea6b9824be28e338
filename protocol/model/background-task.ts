// The state of an agent's background tasks, which run periodically and independently of each other.
import { z } from 'zod';
import { timestamp } from './common.ts';
import { foreignText } from '../terms/text-kinds.ts';

export const backgroundTaskSchema = z.object({
  name: z.string().describe('Stable; the label `task` of the metrics.'),
  periodS: z.number().positive(),
  state: z
    .enum(['waiting', 'ok', 'failing', 'stuck'])
    .describe('waiting: has not run yet. failing: its last run failed. stuck: its current run takes far too long.'),
  lastSuccessAt: timestamp.nullable().describe('When a run last succeeded; null if none has.'),
  lastDurationMs: z.number().nonnegative().nullable().describe('Of the last run that ended.'),
  lastError: foreignText.nullable().describe('Of the last run; null when it succeeded.'),
  nextRunAt: timestamp
    .nullable()
    .default(null)
    .describe('When its next run is due; null while one runs, and from agents that do not tell.'),
  isRunning: z.boolean().default(false),
  canRunNow: z.boolean().default(false).describe('Whether an administrator may start a run: `admin.runTask`.'),
  failureCount: z.number().int().nonnegative().describe('Runs that failed since the agent started.'),
});
export type BackgroundTaskStatus = z.infer<typeof backgroundTaskSchema>;
