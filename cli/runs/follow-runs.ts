// Follows runs that have begun to their end.
import type { NodeConnection } from '@tt/client/node';
import type { RunDetail, RunVm } from '@tt/protocol';
import { RunFollower } from './run-follower.ts';

/**
 * Resolves when all have ended, with each as it is then. `onChange` gets all of them, in the order given, with those machines of one
 * that have changed. Rejects as the link does, when it stays down.
 */
export async function followRuns(
  connection: Pick<NodeConnection, 'client'>,
  begun: readonly RunDetail[],
  onChange: (all: readonly RunDetail[], changed: { run: RunDetail; vms: readonly RunVm[] }) => void,
): Promise<RunDetail[]> {
  const runs = new Map(begun.map((detail) => [detail.run.id, detail]));
  const done = Promise.withResolvers<void>();
  const follower = new RunFollower(connection);
  for (const detail of begun) {
    const changed = (run: RunDetail, vms: readonly RunVm[]) => {
      runs.set(run.run.id, run);
      onChange([...runs.values()], { run, vms });
      if ([...runs.values()].every((one) => one.run.state === 'ended')) done.resolve();
    };
    follower.add(detail, { changed, gone: done.reject });
  }
  try {
    await Promise.race([done.promise, follower.broken]);
    // Of one that has ended, events tell no more what was kept of its output last.
    return await Promise.all([...runs.keys()].map((runId) => connection.client.run.show({ runId })));
  } finally {
    await follower.stop();
  }
}
