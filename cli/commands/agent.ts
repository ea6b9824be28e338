// `tt agent`: the private agent of this computer, which `npm start` and the desktop start.
import { setTimeout as delay } from 'node:timers/promises';
import { findPrivateAgent, isRunning, type PrivateAgent, stateDirectory } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import type { Command } from 'commander';
import { printJson } from '../output.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';

const LOOK_EVERY_MS = 100;
/** It finishes what can't be cut off first. */
const STOP_TIMEOUT_MS = 120_000;

export function addAgentCommand(program: Command): void {
  const agent = program.command('agent').description('the private agent of this computer');
  withJson(agent.command('stop'))
    .description('end the private agent; its VMs keep running, and the next one adopts them')
    .action(async (_options: unknown, command: Command) => {
      const found = await findPrivateAgent();
      await stop(found);
      if (wantsJson(command)) printJson({ pid: found.pid, stateDirectory: stateDirectory() });
      else print('The private agent has ended. VMs keep running; start it again with: npm start\n');
    });
}

async function stop(agent: PrivateAgent): Promise<void> {
  process.kill(agent.pid, 'SIGTERM');
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (await isStillThere(agent)) {
    if (performance.now() > deadline) {
      throw new TtError('AGENT_STILL_RUNNING', { pid: agent.pid, seconds: STOP_TIMEOUT_MS / 1000 });
    }
    await delay(LOOK_EVERY_MS);
  }
}

/** Where the system does not tell when a process began, its note in the state folder tells. */
async function isStillThere({ pid, startTicks }: PrivateAgent): Promise<boolean> {
  if (startTicks !== null) return isRunning({ pid, startTicks });
  try {
    return (await findPrivateAgent()).pid === pid;
  } catch (error) {
    if (error instanceof TtError && error.code === 'AGENT_NOT_RUNNING') return false;
    throw error;
  }
}
