// `tt operation list|cancel`: what the server is doing, and ending that.
import { type Operation, stepText, termText } from '@tt/protocol';
import type { Command } from 'commander';
import { duration, printJson, table } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { namedSnapshot } from '../snapshot-name.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addOperationCommands(program: Command): void {
  const operation = program.command('operation').description('operations: what the server is doing');

  withJson(operation.command('list'))
    .description('list running operations, and with --all those that ended in the last hour')
    .option('--all', 'also those that have ended')
    .action(async (options: { all?: true }, command: Command) => {
      await withServer(async ({ client }) => {
        const { operations } = await client.operation.list();
        const shown = options.all ? operations : operations.filter(({ state }) => state === 'running');
        if (wantsJson(command)) printJson({ operations: shown });
        else print(operationTable(shown));
      });
    });

  withJson(operation.command('cancel <id>'))
    .description('cancel an operation: everything it has done so far is undone')
    .action(async (operationId: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const cancelled = await client.operation.cancel({ operationId });
        if (wantsJson(command)) printJson(cancelled);
        else print(`${activityOf(cancelled)} is being cancelled\n`);
      });
    });
}

export function operationTable(operations: readonly Operation[]): string {
  const rows = operations.map((operation) => [
    operation.id,
    activityOf(operation),
    subjectOf(operation),
    operation.state,
    progressOf(operation),
    duration(Date.parse(operation.endedAt ?? new Date().toISOString()) - Date.parse(operation.startedAt) + 1),
    operation.cancellable ? 'yes' : 'no',
  ]);
  return table(['ID', 'OPERATION', 'OF', 'STATE', 'STEP', 'TIME', 'CANCELLABLE'], rows);
}

export function activityOf({ kind }: Operation): string {
  return termText('activity', kind);
}

/** The names of what it is about, the ENV first. */
export function subjectOf({ subject }: Operation): string {
  const { vmId: _vmId, envName, vmName, snapshotName, ...others } = subject;
  const snapshot = snapshotName === undefined ? undefined : namedSnapshot(snapshotName);
  // The name of a VM begins with that of its ENV.
  const names = [vmName ?? envName, snapshot, ...Object.values(others)];
  return names.filter((name) => name !== undefined).join(' ') || '-';
}

function progressOf({ step, progress, error }: Operation): string {
  if (error) return error.code;
  if (!step) return '-';
  return `${stepText(step)}${progress ? ` ${progress.done}/${progress.total}` : ''}`;
}
