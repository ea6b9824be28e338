// `tt snapshot fork`, `tt env clone`, `tt vm clone`: copies of one instant, RAM included.
import { toTtError } from '@tt/client';
import { COPIES_MAX, type CopyPlan, type EnvDetail, termText, TtError, type Vm } from '@tt/protocol';
import type { Command } from 'commander';
import { printJson, size } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { type NewEnvOptions, newEnvFrom, withNewEnv } from './new-env-options.ts';
import { collectedLists } from '../repeated-options.ts';
import { listOf, wholeNumber } from './option-values.ts';
import { vmIdFor, vmIdsFor } from './vm-names.ts';
import { print } from '../terminal.ts';

const MIB = 1024 * 1024;

interface ForkOptions extends NewEnvOptions {
  vm?: string[];
  copies: number;
  fenced?: boolean;
  sshHostKeys?: boolean;
  dryRun?: boolean;
}

/** To `tt snapshot`, beside the others of its kind. */
export function addForkCommand(snapshot: Command): void {
  withForkOptions(withJson(snapshot.command('fork <env> <name> <new-env>')))
    .description('create new ENVs from a snapshot, memory included')
    .option('--vm <names...>', 'only these VMs, by name or id', collectedLists(listOf))
    .action(async (envName: string, name: string, newName: string, options: ForkOptions, command: Command) => {
      await withServer(async (connection) => {
        const vmIds = await vmIdsFor(connection, envName, options.vm);
        const request = { envName, name, ...(vmIds && { vmIds }), ...requestOf(newName, options) };
        const { snapshot: calls } = connection.client;
        if (options.dryRun) return printPlan(await calls.planFork(request), wantsJson(command));
        const { envs } = await runOperation(connection, (operationId) => calls.fork({ operationId, ...request }));
        printCopies(envs, wantsJson(command));
      });
    });
}

export function addEnvCloneCommand(env: Command): void {
  withForkOptions(withJson(env.command('clone <name> <new-env>')))
    .description('create new ENVs from the present state of an ENV')
    .action(async (name: string, newName: string, options: ForkOptions, command: Command) => {
      await withServer(async (connection) => {
        const request = { name, ...requestOf(newName, options) };
        const { env: calls } = connection.client;
        if (options.dryRun) return printPlan(await calls.planClone(request), wantsJson(command));
        const { envs } = await runOperation(connection, (operationId) => calls.clone({ operationId, ...request }));
        printCopies(envs, wantsJson(command));
      });
    });
}

export function addVmCloneCommand(vm: Command): void {
  withJson(vm.command('clone <vm>'))
    .description('copy a VM within its ENV, with a new identity')
    .option('--copies <n>', 'number of copies', wholeNumber(1, COPIES_MAX), 1)
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
    .option('--copies <n>', 'number of ENVs, named <new-env>-1, -2 ...', wholeNumber(1, COPIES_MAX), 1)
    .option('--fenced', 'keep the addresses of the guests, in an isolated network')
    .option('--ssh-host-keys', 'also create new SSH host keys')
    .option('--dry-run', 'only print the names and what the copies would take; fails as the command itself would');
}

function requestOf(newName: string, options: ForkOptions) {
  const { copies, fenced = false, sshHostKeys = false } = options;
  return { newName, copies, fenced, sshHostKeys, ...newEnvFrom(options) };
}

/** Throws what the call itself would be refused with. */
function printPlan(plan: CopyPlan, json: boolean): void {
  const { names, each, problem } = plan;
  if (json) printJson(plan);
  else {
    const takes = (times: number) =>
      [
        `${times * each.vmCount} VMs`,
        `${times * each.cpuCount} CPUs`,
        `${size(times * each.memoryMiB * MIB)} memory`,
        `${size(times * each.diskMiB * MIB)} disk`,
        `at most ${size(times * each.writtenMiB * MIB)} written`,
      ].join(', ');
    print(`${names[0]}${names.length > 1 ? ` … ${names.at(-1)}` : ''}: ${takes(names.length)}\n`);
    if (names.length > 1) print(`each: ${takes(1)}\n`);
  }
  if (problem) throw toTtError(problem, () => new TtError('INTERNAL', { requestId: problem.code }));
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
