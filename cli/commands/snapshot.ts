// `tt snapshot add|list|show|tree|update|revert|undo|del`, and the commands of snapshot-care.ts and snapshot-compare.ts: takes, shows
// and reverts to snapshots of an ENV or of some of its VMs.
import type { NodeConnection } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { printJson } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { addForkCommand } from './fork.ts';
import { wantsJson, withJson } from './json-option.ts';
import { collectedLists } from '../repeated-options.ts';
import { lifetimeFrom } from './contract-values.ts';
import { given, listOf } from './option-values.ts';
import { addSnapshotCare } from './snapshot-care.ts';
import { addSnapshotCompare } from './snapshot-compare.ts';
import { revertedText, snapshotDetail, snapshotTable, snapshotTree, treeOf } from './snapshot-text.ts';
import { vmIdsFor } from './vm-names.ts';
import { addSnapshotScreen } from './vm-screen.ts';
import { namedSnapshot } from '../snapshot-name.ts';
import { print } from '../terminal.ts';

interface VmChoice {
  vm?: string[];
}

interface Words {
  title?: string;
  notes?: string;
  lifeTime?: number;
}

interface Change extends Words {
  rename?: string;
  keep?: true;
}

export function addSnapshotCommands(program: Command): void {
  const snapshot = program.command('snapshot').description('snapshots: RAM and disk of an ENV at one instant');

  withJson(snapshot.command('add <env> <name>'))
    .description('take a snapshot of an ENV, or of some of its VMs')
    .option('--vm <names...>', 'only these VMs, by name or id', collectedLists(listOf))
    .option('--title <text>', 'title, free text')
    .option('--notes <text>', 'notes, free text')
    .option('--life-time <time>', 'delete it after this time, e.g. 90m or 2h; default: with its ENV', lifetimeFrom)
    .action(async (envName: string, name: string, options: VmChoice & Words, command: Command) => {
      await withServer(async (connection) => {
        const vmIds = await vmIdsFor(connection, envName, options.vm);
        const { title, notes, lifeTime: lifetimeS } = options;
        const request = { envName, name, ...given({ vmIds, title, notes, lifetimeS }) };
        const taken = await runOperation(connection, (operationId) =>
          connection.client.snapshot.create({ operationId, ...request }),
        );
        if (wantsJson(command)) printJson(taken);
        else print(`${name}: ${taken.vms.length} VMs, paused for ${taken.pausedMs} ms\n`);
      });
    });

  addLooking(snapshot);

  withJson(snapshot.command('update <env> <name>'))
    .description('change name, title, notes or expiry; other settings do not change')
    .option('--rename <name>', 'new name')
    .option('--title <text>', 'title, free text')
    .option('--notes <text>', 'notes, free text')
    .option('--life-time <time>', 'delete it after this time from now, e.g. 90m or 2h', lifetimeFrom)
    .addOption(new Option('--keep', 'keep it until the ENV is deleted').conflicts('lifeTime'))
    .action(update);

  withJson(snapshot.command('revert <env> <name>').alias('apply'))
    .description('revert the VMs to a snapshot: RAM, disks and configuration')
    .option('--vm <names...>', 'only these VMs, by name or id', collectedLists(listOf))
    .option('--no-safety', 'do not take a safety snapshot first')
    .action(async (envName: string, name: string, options: VmChoice & { safety: boolean }, command: Command) => {
      await withServer((connection) => revert(connection, envName, name, options, wantsJson(command)));
    });

  addForkCommand(snapshot);
  withJson(snapshot.command('undo <env>'))
    .description('undo the last revert')
    .action(async (envName: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const name = await safetyOf(connection, envName);
        await revert(connection, envName, name, { safety: false }, wantsJson(command));
      });
    });

  withYes(withJson(snapshot.command('del <env> <name>')))
    .description('delete a snapshot')
    .action(async (envName: string, name: string, _options: unknown, command: Command) => {
      await confirmed(`Delete the snapshot ${namedSnapshot(name)} of ${envName}?`, 'snapshot.delete', command);
      await withServer(async (connection) => {
        const gone = await runOperation(connection, (operationId) =>
          connection.client.snapshot.delete({ operationId, envName, name }),
        );
        if (wantsJson(command)) printJson(gone);
        else print(`${namedSnapshot(name)} is deleted\n`);
      });
    });

  addSnapshotCompare(snapshot);
  addSnapshotCare(snapshot);
  addSnapshotScreen(snapshot);
}

function addLooking(snapshot: Command): void {
  withJson(snapshot.command('list <env>'))
    .description('list the snapshots of an ENV')
    .action(async (envName: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { snapshots } = await client.snapshot.list({ envName });
        if (wantsJson(command)) printJson({ snapshots });
        else print(snapshotTable(snapshots));
      });
    });

  withJson(snapshot.command('show <env> <name>'))
    .description('show a snapshot with the configuration of its VMs')
    .action(async (envName: string, name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const found = await client.snapshot.show({ envName, name });
        if (wantsJson(command)) printJson(found);
        else print(snapshotDetail(found));
      });
    });

  withJson(snapshot.command('tree <env>'))
    .description('show the snapshots of an ENV as a tree; * marks the current snapshot')
    .action(async (envName: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { env, snapshots } = await client.env.show({ name: envName });
        if (wantsJson(command)) printJson({ currentSnapshotId: env.currentSnapshotId, tree: treeOf(snapshots) });
        else print(snapshotTree(snapshots, env.currentSnapshotId));
      });
    });
}

async function update(envName: string, name: string, options: Change, command: Command): Promise<void> {
  const { rename: newName, title, notes, lifeTime, keep } = options;
  const change = given({ newName, title, notes, lifetimeS: keep ? null : lifeTime });
  if (Object.keys(change).length === 0) {
    throw new InvalidArgumentError('give at least one change, e.g. --life-time 2h; see "tt snapshot update --help".');
  }
  await withServer(async (connection) => {
    const changed = await runOperation(connection, (operationId) =>
      connection.client.snapshot.update({ operationId, envName, name, ...change }),
    );
    if (wantsJson(command)) printJson(changed);
    else print(snapshotDetail(changed));
  });
}

/** The newest safety snapshot, which undoes the newest revert. */
async function safetyOf({ client }: NodeConnection, envName: string): Promise<string> {
  const { snapshots } = await client.snapshot.list({ envName });
  const newest = snapshots.findLast(({ kind }) => kind === 'safety');
  if (!newest) throw new TtError('SNAPSHOT_NOT_FOUND', { envName, snapshotName: 'before-…', suggestions: [] });
  return newest.name;
}

async function revert(
  connection: NodeConnection,
  envName: string,
  name: string,
  options: VmChoice & { safety: boolean },
  json: boolean,
): Promise<void> {
  const vmIds = await vmIdsFor(connection, envName, options.vm);
  const { safety } = options;
  const done = await runOperation(connection, (operationId) =>
    connection.client.snapshot.revert({ operationId, envName, name, safety, ...(vmIds && { vmIds }) }),
  );
  if (json) printJson(done);
  else print(revertedText(envName, name, done));
}
