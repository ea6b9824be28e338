// `tt agent`: the private agent of this computer, which `npm start` and the desktop start.
import { findPrivateAgent, stateDirectory, stopAgent } from '@tt/client/node';
import type { Command } from 'commander';
import { printJson } from '../output.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addAgentCommand(program: Command): void {
  const agent = program.command('agent').description('the private agent of this computer');
  withJson(agent.command('stop'))
    .description('end the private agent; its VMs keep running, and the next one adopts them')
    .action(async (_options: unknown, command: Command) => {
      const found = await findPrivateAgent();
      await stopAgent(found, stateDirectory());
      if (wantsJson(command)) printJson({ pid: found.pid, stateDirectory: stateDirectory() });
      else print('The private agent has ended. VMs keep running; start it again with: npm start\n');
    });
}
