// The background tasks of the running agent: each one that fails or hangs is reported with its error.
import { type BackgroundTaskStatus, quoted, reason, type Reason } from '@tt/protocol';
import { type Check, found, needed, optional } from '../check.ts';

export const backgroundTasksCheck: Check = {
  name: 'background tasks',
  isOptional: true,
  async look(machine) {
    const agent = await machine.askAgent();
    if (agent === null) return optional(reason('finding.agentMissing'));
    const names = agent.tasks.map(({ name }) => name).join(', ');
    const troubled = agent.tasks.filter(({ state }) => state === 'failing' || state === 'stuck');
    if (troubled.length === 0) return found(reason('finding.tasks', { count: agent.tasks.length, tasks: names }));
    return needed(troubled.map(whatAbout), reason('fix.tasks'));
  },
};

function whatAbout({ name: task, state, lastError, lastSuccessAt: at, periodS: period }: BackgroundTaskStatus): Reason {
  if (state === 'stuck') {
    return at === null
      ? reason('finding.taskStuckNever', { task, period })
      : reason('finding.taskStuck', { task, period, at });
  }
  const said = lastError ?? '';
  return at === null
    ? quoted('finding.taskNever', said, { task, period })
    : quoted('finding.taskFailing', said, { task, period, at });
}
