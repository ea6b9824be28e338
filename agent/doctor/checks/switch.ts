// Whether machines of one ENV see each other without root: over a switch between them.
import { reasonText, terms } from '@tt/protocol';
import { type Check, found, optional } from '../check.ts';

export const switchCheck: Check = {
  name: 'switch',
  isOptional: true,
  async look(machine) {
    if (machine.isRoot) return found('not needed: an agent of root has nat');
    const agent = await machine.askAgent();
    if (agent === null) return optional('no private agent is running');
    const choice = agent.host.networks.find(({ kind }) => kind === 'switch');
    if (!choice) return optional('the running agent has none', 'Start the agent again.');
    if (choice.problem)
      return optional(`machines of one ENV don't see each other: ${reasonText(choice.problem, terms)}`);
    return found('machines of one ENV see each other, without root');
  },
};
