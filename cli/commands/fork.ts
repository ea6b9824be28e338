// `tt snapshot fork`, `tt env clone`, `tt vm clone`: copies of one instant, RAM included.
import { type EnvDetail, termText, type Vm } from '@tt/protocol';
import type { Command } from 'commander';
import { printJson } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { type NewEnvOptions, newEnvFrom, withNewEnv } from './new-env-options.ts';
import { collectedLists, listOf, wholeNumber } from './option-values.ts';
import { vmIdFor, vmIdsFor } from './vm-names.ts';
import { print } from '../terminal.ts';

interface ForkOptions extends NewEnvOptions {
  vm?: string[];
  copies: number;
  fenced?: boolean;
  sshHostKeys?: boolean;
}

const MOST_COPIES = 100;

/** To `tt snapshot`, beside the others of its kind. */
export function addForkCommand(snapshot: Command): void {
  withForkOptions(withJson(snapshot.command('fork <env> <name> <new-env>')))
    .description('create new ENVs from a snapshot, memory included')
    .option('--vm <names...>', 'only these VMs, by name or id', collectedLists(listOf))
    .action(async (envName: string, name: string, newName: string, options: ForkOptions, command: Command) => {
      await withServer(async (connection) => {
        const vmIds = await vmIdsFor(connection, envName, options.vm);
        const { envs } = await runOperation(connection, (operationId) =>
          connection.client.snapshot.fork({
            operationId,
            envName,
            name,
            ...(vmIds && { vmIds }),
            ...requestOf(newName, options),
          }),
        );
        printCopies(envs, wantsJson(command));
      });
    });
}

export function addEnvCloneCommand(env: Command): void {
  withForkOptions(withJson(env.command('clone <name> <new-env>')))
    .description('create new ENVs from the present state of an ENV')
    .action(async (name: string, newName: string, options: ForkOptions, command: Command) => {
      await withServer(async (connection) => {
        const { envs } = await runOperation(connection, (operationId) =>
          connection.client.env.clone({ operationId, name, ...requestOf(newName, options) }),
        );
        printCopies(envs, wantsJson(command));
      });
    });
}

export function addVmCloneCommand(vm: Command): void {
  withJson(vm.command('clone <vm>'))
    .description('copy a VM within its ENV, with a new identity')
    .option('--copies <n>', 'number of copies', wholeNumber(1, MOST_COPIES), 1)
    .option('--ssh-host-keys', 'also create new SSH host keys')
    .action(async (name: string, { copies, sshHostKeys = false }: ForkOptions, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        const { vms } = await runOperation(connection, (operationId) =>
          connection.client.vm.clone({ operationId, vmId, copies, sshHostKeys }),
        );
        if (wantsJson(command)) printJson({ vms });
        else print(vms.map(identityLine).join(''));
      });
    });
}

function withForkOptions(command: Command): Command {
  return withNewEnv(command)
    .option('--copies <n>', 'number of ENVs, named <new-env>-1, -2 ...', wholeNumber(1, MOST_COPIES), 1)
    .option('--fenced', 'keep the addresses of the guests, in an isolated network')
    .option('--ssh-host-keys', 'also create new SSH host keys');
}

function requestOf(newName: string, options: ForkOptions) {
  const { copies, fenced = false, sshHostKeys = false } = options;
  return { newName, copies, fenced, sshHostKeys, ...newEnvFrom(options) };
}

export function printCopies(envs: readonly EnvDetail[], json: boolean): void {
  if (json) {
    printJson({ envs });
    return;
  }
  for (const { env, vms } of envs) {
    print(`${env.name}: ${vms.length} VMs, ${env.state}${env.fenced ? ', fenced' : ''}\n`);
    print(vms.map((vm) => `  ${identityLine(vm)}`).join(''));
  }
}

/** `demo/web-1: mac new, address new, hostname new, uuid after restart` */
function identityLine({ name, identity }: Vm): string {
  if (!identity) return `${name}\n`;
  const parts = Object.entries(identity.parts).map(([part, state]) => `${words(part)} ${words(state)}`);
  const problem = identity.problem === null ? '' : `: ${termText('identityProblem', identity.problem)}`;
  return `${name}: ${parts.join(', ')}${identity.restarted ? ' (restarted)' : ''}${problem}\n`;
}

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
