// Runs one of QEMU's background jobs to completion (QEMU's qapi/job.json). Used for saved states.
import { randomUUID } from 'node:crypto';
import { EngineError } from '../errors.ts';
import type { QmpClient } from './qmp-client.ts';

/**
 * Starts a job by `start(jobId)` and waits for it. COMMAND_FAILED (or DISK_FULL) with the job's own error when it fails.
 * Snapshot jobs stop QEMU's main loop while they work, so answers to *any* command may come only after them.
 */
export async function runJob(
  qmp: QmpClient,
  start: (jobId: string, options: { timeoutMs: number }) => Promise<unknown>,
  timeoutMs: number,
): Promise<void> {
  // QEMU wants ids to start with a letter.
  const jobId = `tt-${randomUUID()}`;
  const stopWaiting = new AbortController();
  const concluded = qmp.waitFor('JOB_STATUS_CHANGE', ({ id, status }) => id === jobId && status === 'concluded', {
    timeoutMs,
    signal: stopWaiting.signal,
  });
  try {
    await start(jobId, { timeoutMs });
  } catch (error) {
    stopWaiting.abort();
    await concluded.catch(() => {});
    throw error;
  }
  await concluded;
  // Sent together, carried out in this order.
  const [jobs] = await Promise.all([qmp.execute('query-jobs', {}), qmp.execute('job-dismiss', { id: jobId })]);
  const job = jobs.find(({ id }) => id === jobId);
  if (job?.error === undefined) return;
  const code = job.error.includes('No space left on device') ? 'DISK_FULL' : 'COMMAND_FAILED';
  throw new EngineError(code, `QEMU's ${job.type} failed: ${job.error}`);
}

/** Dismisses jobs that ended while no agent was connected (it was killed while it saved a state). */
export async function dismissFinishedJobs(qmp: QmpClient): Promise<void> {
  for (const { id, status } of await qmp.execute('query-jobs', {})) {
    if (status === 'concluded') await qmp.execute('job-dismiss', { id });
  }
}
