// One guest of many that says nothing any more, as its QEMU is stopped: when the others have ended their command.
import type { AgentProcess } from '../agent-process.ts';
import type { Guests } from './guests.ts';
import { TtRuns } from './tt-runs.ts';

export interface DeadGuest {
  /** Milliseconds until the others have ended. */
  withDead: number[];
  /** The same command on the others alone. */
  without: number[];
}

export async function measureDeadGuest(
  resources: AsyncDisposableStack,
  agent: AgentProcess,
  { envName, all }: Guests,
  rounds: number,
): Promise<DeadGuest> {
  const [dead, ...others] = all;
  if (!dead) throw new Error('there are no guests');
  const runs = await TtRuns.follow(agent);
  const command = { argv: ['uname', '-r'] };
  const found: DeadGuest = { withDead: [], without: [] };
  const wakeUp = () => process.kill(dead.pid, 'SIGCONT');
  const isStopped = { yes: false };
  resources.defer(() => {
    if (isStopped.yes) wakeUp();
  });
  // Its channel is open, as those of the others.
  await runs.run({ envName, command });
  for (let round = 0; round < rounds; round++) {
    const vmIds = others.map(({ id }) => id);
    const { ms, finish } = await runs.runWithout({ envName, vmIds, command }, dead.id);
    found.without.push(ms);
    await finish();
    process.kill(dead.pid, 'SIGSTOP');
    isStopped.yes = true;
    const stopped = await runs.runWithout({ envName, command }, dead.id);
    found.withDead.push(stopped.ms);
    wakeUp();
    isStopped.yes = false;
    await stopped.finish();
  }
  await runs.leave();
  return found;
}
