// Follows runs to their end: what has changed comes by events, and after a break everything is asked again.
import { followState } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import type { RunDetail, RunVm } from '@tt/protocol';

/** Attempts to reach the server again; some two seconds. */
const MOST_BREAKS = 4;

/**
 * Resolves when all have ended, with each as it is then. `onChange` gets all of them, in the order given, with those machines of one
 * that have changed. Rejects as the link does, when it stays down.
 */
export async function followRuns(
  { client }: Pick<NodeConnection, 'client'>,
  begun: readonly RunDetail[],
  onChange: (all: readonly RunDetail[], changed: { run: RunDetail; vms: readonly RunVm[] }) => void,
): Promise<RunDetail[]> {
  const runs = new Map(begun.map((detail) => [detail.run.id, detail]));
  const done = Promise.withResolvers<void>();
  const apply = ({ run, vms, request }: RunDetail) => {
    const before = runs.get(run.id);
    // What is late tells of the time before its end.
    if (!before || (before.run.state === 'ended' && run.state !== 'ended')) return;
    const changed = new Map(vms.map((vm) => [vm.vmId, vm]));
    const after: RunDetail = {
      run,
      vms: before.vms.map((vm) => changed.get(vm.vmId) ?? vm),
      ...((request ?? before.request) && { request: request ?? before.request }),
    };
    runs.set(run.id, after);
    onChange([...runs.values()], { run: after, vms });
    if ([...runs.values()].every((detail) => detail.run.state === 'ended')) done.resolve();
  };
  const askAll = async () => {
    for (const runId of runs.keys()) apply(await client.run.show({ runId }));
  };
  const leaving = new AbortController();
  let breaks = 0;
  const following = followState({
    client,
    signal: leaving.signal,
    onLink({ up, error }) {
      breaks = up ? 0 : breaks + 1;
      if (error && breaks >= MOST_BREAKS) done.reject(error);
    },
    onItem(item) {
      if (item.kind === 'snapshotEnd') askAll().catch(done.reject);
      else if (item.kind === 'event' && item.event.type === 'run.updated') apply(item.event.data);
    },
  });
  try {
    await Promise.race([done.promise, following]);
    await askAll();
    return [...runs.values()];
  } finally {
    leaving.abort();
    await following.catch(() => {});
  }
}
