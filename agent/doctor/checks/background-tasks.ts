// The background tasks of the running agent: each one that fails or hangs is reported with its error.
import type { BackgroundTaskStatus } from '@tt/protocol';
import { type Check, found, needed, optional } from '../check.ts';

export const backgroundTasksCheck: Check = {
  name: 'background tasks',
  isOptional: true,
  async look(machine) {
    const agent = await machine.askAgent();
    if (agent === null) return optional('no private agent is running');
    const names = agent.tasks.map(({ name }) => name).join(', ');
    const troubled = agent.tasks.filter(({ state }) => state === 'failing' || state === 'stuck');
    if (troubled.length === 0) return found(`${agent.tasks.length} in order: ${names}`);
    return needed(
      `${troubled.map(lineOf).join('; ')} (all: ${names})`,
      'Fix the errors; each task is retried every few seconds. The agent’s log has the full errors.',
    );
  },
};

function lineOf({ name, state, lastError, lastSuccessAt, periodS }: BackgroundTaskStatus): string {
  const since = lastSuccessAt === null ? 'never succeeded' : `last succeeded at ${lastSuccessAt}`;
  const what = state === 'stuck' ? 'its current run does not end' : (lastError ?? '');
  return `${name} (every ${periodS} s) is ${state}: ${what}; ${since}`;
}
