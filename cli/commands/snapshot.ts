// `tt snapshot add|list|apply|del`: take the state of an ENV (or some of its VMs) and put it back.

import type { NodeConnection } from '@tt/client/node';
import type { Snapshot } from '@tt/protocol';
import type { Command } from 'commander';
import { printJson, size, table } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { addForkCommand } from './fork.ts';
import { wantsJson, withJson } from './json-option.ts';
import { vmIdsFor } from './vm-names.ts';

interface VmChoice {
  vm?: string[];
}

export function addSnapshotCommands(program: Command): void {
  const snapshot = program.command('snapshot').description('snapshots: RAM and disk of an ENV at one instant');

  withJson(snapshot.command('add <env> <name>'))
    .description('take a snapshot of an ENV, or of some of its VMs')
    .option('--vm <names...>', 'only these VMs, by name or id')
    .option('--notes <text>', 'what it is about')
    .action(async (envName: string, name: string, options: VmChoice & { notes?: string }, command: Command) => {
      await withServer(async (connection) => {
        const vmIds = await vmIdsFor(connection, envName, options.vm);
        const notes = options.notes;
        const taken = await runOperation(connection, (operationId) =>
          connection.client.snapshot.create({
            operationId,
            envName,
            name,
            ...(vmIds && { vmIds }),
            ...(notes !== undefined && { notes }),
          }),
        );
        if (wantsJson(command)) printJson(taken);
        else process.stdout.write(`${name}: ${taken.vms.length} VMs, guests stood still for ${taken.pausedMs} ms\n`);
      });
    });

  withJson(snapshot.command('list <env>'))
    .description('list the snapshots of an ENV')
    .action(async (envName: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { snapshots } = await client.snapshot.list({ envName });
        if (wantsJson(command)) printJson({ snapshots });
        else process.stdout.write(snapshotTable(snapshots));
      });
    });

  withJson(snapshot.command('apply <env> <name>'))
    .description('put the VMs back to a snapshot')
    .option('--vm <names...>', 'only these VMs, by name or id')
    .option('--no-safety', 'take no safety snapshot first')
    .action(async (envName: string, name: string, options: VmChoice & { safety: boolean }, command: Command) => {
      await withServer((connection) => apply(connection, envName, name, options, wantsJson(command)));
    });

  addForkCommand(snapshot);

  withJson(snapshot.command('del <env> <name>'))
    .description('delete a snapshot')
    .action(async (envName: string, name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const gone = await runOperation(connection, (operationId) =>
          connection.client.snapshot.delete({ operationId, envName, name }),
        );
        if (wantsJson(command)) printJson(gone);
        else process.stdout.write(`${name} is deleted\n`);
      });
    });
}

async function apply(
  connection: NodeConnection,
  envName: string,
  name: string,
  options: VmChoice & { safety: boolean },
  json: boolean,
): Promise<void> {
  const vmIds = await vmIdsFor(connection, envName, options.vm);
  const { safety } = options;
  const done = await runOperation(connection, (operationId) =>
    connection.client.snapshot.apply({ operationId, envName, name, safety, ...(vmIds && { vmIds }) }),
  );
  if (json) {
    printJson(done);
    return;
  }
  const undo = done.safetySnapshotName ? `; undo with: tt snapshot apply ${envName} ${done.safetySnapshotName}` : '';
  process.stdout.write(`${envName} is back at ${name}${undo}\n`);
}

function snapshotTable(snapshots: readonly Snapshot[]): string {
  const rows = snapshots.map((snapshot) => [
    snapshot.name,
    snapshot.kind === 'safety' ? 'safety' : snapshot.scope,
    String(snapshot.vms.length),
    size(snapshot.sizeBytes),
    snapshot.createdAt,
    snapshot.notes.split('\n')[0] ?? '',
  ]);
  return table(['NAME', 'SCOPE', 'VMS', 'RAM', 'TAKEN', 'NOTES'], rows);
}
