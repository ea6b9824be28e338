// Metrics of the agent's background tasks: when each last succeeded, how long it took, how often it failed.
import type { BackgroundTaskStatus } from '@tt/protocol';
import type { Family, Sample } from './text-format.ts';

/** A task that has not succeeded yet has no time of success: `absent` in an alert covers it. */
export function taskFamilies(tasks: readonly BackgroundTaskStatus[]): Family[] {
  const samples = (read: (task: BackgroundTaskStatus) => number | null): Sample[] =>
    tasks.flatMap((task) => {
      const value = read(task);
      return value === null ? [] : [{ labels: { task: task.name }, value }];
    });
  return [
    {
      type: 'gauge',
      name: 'tt_task_last_success_timestamp_seconds',
      help: 'When a background task last succeeded, since 1970; grows old while it fails or hangs.',
      samples: samples(({ lastSuccessAt }) => (lastSuccessAt === null ? null : Date.parse(lastSuccessAt) / 1000)),
    },
    {
      type: 'gauge',
      name: 'tt_task_last_duration_seconds',
      help: 'How long the last run of a background task took.',
      samples: samples(({ lastDurationMs }) => (lastDurationMs === null ? null : lastDurationMs / 1000)),
    },
    {
      type: 'counter',
      name: 'tt_task_failures_total',
      help: 'Runs of a background task that failed.',
      samples: samples(({ failureCount }) => failureCount),
    },
  ];
}
