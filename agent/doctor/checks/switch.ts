// Whether machines of one ENV see each other without root: over a switch between them.
import { reason } from '@tt/protocol';
import { type Check, found, optional } from '../check.ts';

export const switchCheck: Check = {
  name: 'switch',
  isOptional: true,
  async look(machine) {
    if (machine.isRoot) return found(reason('finding.switchUnneeded'));
    const agent = await machine.askAgent();
    if (agent === null) return optional(reason('finding.agentMissing'));
    const choice = agent.host.networks.find(({ kind }) => kind === 'switch');
    if (!choice) return optional(reason('finding.switchMissing'), reason('fix.startAgain'));
    if (choice.problem) return optional([reason('finding.noNeighbours'), choice.problem]);
    return found(reason('finding.neighbours'));
  },
};
