// The private agent of this computer: whether it runs, and what it reports.
import { reasonText, terms } from '@tt/protocol';
import type { Check } from '../../../agent/doctor/check.ts';
import { found, needed, optional } from '../plain-finding.ts';

export const agentCheck: Check = {
  name: 'agent',
  async look(machine) {
    const agent = await machine.askAgent();
    if (agent === null) return optional('no private agent is running', 'npm start');
    const { url, pid, host } = agent;
    const text = `TT ${host.version} at ${url} (process ${pid}), ${host.runningVms} VMs running`;
    const problems = host.engines.flatMap(({ name, problem }) =>
      problem === null ? [] : [`${name}: ${reasonText(problem, terms)}`],
    );
    const failed = host.startup
      .filter(({ state }) => state === 'failed')
      .map(({ step, failure }) => `${step}: ${failure?.message ?? 'failed'}`);
    const wrong = [...new Set([...problems, ...failed])];
    if (wrong.length === 0) return found(text);
    return needed(`${text}; ${wrong.join('; ')}`, 'Fix this, then end TT and start it again.');
  },
};
