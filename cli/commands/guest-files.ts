// `tt env push|get` and `tt vm push|get`: files between this computer and guests; `tt vm files` lists them.
import path from 'node:path';
import { toTtError, wholeEnv } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { type ErrorRecord, reason, TtError, type Vm } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import {
  countText,
  endingOf,
  entriesTable,
  type GuestFilesRow,
  guestFilesTable,
} from '../guest-files/guest-files-text.ts';
import { localTree, targetOf } from '../guest-files/local-tree.ts';
import { folderFor, type PulledVm, pullFromEach } from '../guest-files/pull-from-each.ts';
import { pushFiles } from '../guest-files/push-files.ts';
import { fileSize, optionFor, printJson } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print, printError, printProgress } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { given, secondsFrom } from './option-values.ts';
import { chosenVms, type VmChoice, withVmChoice } from './vm-choice.ts';
import { vmIdFor } from './vm-names.ts';

interface FileOptions {
  user?: string;
  force?: true;
  timeOut?: number;
}

interface ListOptions extends Pick<FileOptions, 'user' | 'timeOut'> {
  tree?: true;
}

interface PushOptions extends VmChoice, FileOptions {
  mode?: number;
  owner?: { user?: string; group?: string };
}

/** As in the contract. */
const MOST_PATIENCE_S = 3_600;

export function addEnvFiles(env: Command): void {
  withVmChoice(withPushOptions(env.command('push <env> <paths...>')), '--vm <names>')
    .description('put files and folders into guests: FILE... and, last, a path in the guest')
    .action(async (envName: string, paths: string[], options: PushOptions, command: Command) => {
      await withServer(async (connection) => {
        const [chosen] = (await chosenVms(connection, [envName], options)) ?? [];
        await push(connection, { envName, vmIds: chosen?.vms.map(({ id }) => id) }, paths, options, wantsJson(command));
      });
    });

  withVmChoice(withFileOptions(env.command('get <env> <paths...>')), '--vm <names>')
    .description('get files and folders of guests: paths in the guest and, last, a folder here, with one for each VM')
    .action(async (envName: string, paths: string[], options: VmChoice & FileOptions, command: Command) => {
      await withServer(async (connection) => {
        const [chosen] = (await chosenVms(connection, [envName], options)) ?? [];
        const { vms } = chosen ?? (await wholeEnv(connection.client, envName));
        await get(connection, vms, paths, options, wantsJson(command));
      });
    });
}

export function addVmFiles(vm: Command): void {
  withPushOptions(vm.command('push <vm> <paths...>'))
    .description('put files and folders into a guest: FILE... and, last, a path in the guest')
    .action(async (name: string, paths: string[], options: PushOptions, command: Command) => {
      await withServer(async (connection) => {
        const { id, envName } = await oneVm(connection, name);
        await push(connection, { envName, vmIds: [id] }, paths, options, wantsJson(command));
      });
    });

  withPatience(withJson(vm.command('files <vm> [path]')))
    .description('list files of a guest: of a folder (default /root), or those that a pattern matches')
    .option('--user <name>', 'who reads in the guest (default: root)')
    .option('--tree', 'also all that is below the folder')
    .action(async (name: string, path: string | undefined, options: ListOptions, command: Command) => {
      await withServer((connection) => list(connection, name, path ?? '/root', options, wantsJson(command)));
    });

  withFileOptions(vm.command('get <vm> <paths...>'))
    .description('get files and folders of a guest: paths in the guest and, last, a folder here, with one for the VM')
    .action(async (name: string, paths: string[], options: FileOptions, command: Command) => {
      await withServer(async (connection) => {
        await get(connection, [await oneVm(connection, name)], paths, options, wantsJson(command));
      });
    });
}

function withFileOptions(command: Command): Command {
  return withPatience(
    withJson(command)
      .option('--user <name>', 'who reads or writes in the guest (default: root)')
      .option('--force', 'overwrite files'),
  );
}

function withPatience(command: Command): Command {
  const words = 'how long a guest may be silent: seconds, or like 5m (default 60)';
  return command.option('--time-out <time>', words, patienceFrom);
}

function withPushOptions(command: Command): Command {
  return withFileOptions(command)
    .option('--mode <octal>', 'permission bits (default: those of each file here)', modeFrom)
    .option('--owner <user[:group]>', 'owner of the files in the guest', ownerFrom);
}

function patienceFrom(text: string): number {
  const seconds = secondsFrom(text);
  if (seconds < 1 || seconds > MOST_PATIENCE_S) throw new InvalidArgumentError('give a time from 1 s to 1 h.');
  return seconds;
}

function modeFrom(text: string): number {
  if (!/^[0-7]{3,4}$/.test(text)) throw new InvalidArgumentError('give three or four octal digits, like 644.');
  return Number.parseInt(text, 8);
}

function ownerFrom(text: string): { user?: string; group?: string } {
  const match = /^([^:]{1,64})?(?::([^:]{1,64}))?$/.exec(text);
  const [, user, group] = match ?? [];
  if (user === undefined && group === undefined) throw new InvalidArgumentError('give user, user:group or :group.');
  return given({ user, group });
}

async function oneVm(connection: NodeConnection, name: string): Promise<Vm> {
  return connection.client.vm.show({ vmId: await vmIdFor(connection, name) });
}

function parted(paths: readonly string[], last: string): { first: string[]; last: string } {
  const end = paths.at(-1);
  if (paths.length < 2 || end === undefined) throw new InvalidArgumentError(`${last} is missing at the end.`);
  return { first: paths.slice(0, -1), last: end };
}

function common({ user, timeOut }: Pick<FileOptions, 'user' | 'timeOut'>) {
  return given({ user, timeoutS: timeOut });
}

async function list(
  connection: NodeConnection,
  name: string,
  path: string,
  options: ListOptions,
  json: boolean,
): Promise<void> {
  if (!path.startsWith('/')) throw new TtError('FILE_UNUSABLE', { file: path, reason: reason('notAbsoluteInGuest') });
  const vmId = await vmIdFor(connection, name);
  const isPattern = /[*?[]/.test(path);
  if (isPattern && options.tree) throw new InvalidArgumentError('--tree is for a folder, not for a pattern.');
  const what = options.tree ? 'tree' : isPattern ? 'pattern' : 'folder';
  const { entries } = await connection.client.guestFile.list({ vmId, path, what, ...common(options) });
  if (json) printJson({ entries });
  else print(entriesTable(entries));
}

async function push(
  connection: NodeConnection,
  { envName, vmIds }: { envName: string; vmIds: string[] | undefined },
  paths: readonly string[],
  options: PushOptions,
  json: boolean,
): Promise<void> {
  const { first, last } = parted(paths, 'the path in the guest');
  const target = targetOf(last, first.length);
  const tree = await localTree(first, target);
  const { mode, owner, force } = options;
  const more = { ...common(options), ...given({ owner }), overwrites: force === true };
  const pushed = await pushFiles(connection, tree, { envName, vmIds, folder: target.folder, mode, more });
  const [only] = pushed.vms;
  if (only?.failure && pushed.vms.length === 1) throw toTtError(only.failure, () => notKnown(only.failure));
  for (const file of tree.leftOut) printError(`tt: ${file} is left out: it is no plain file\n`);
  if (json) printJson({ ...pushed, leftOut: tree.leftOut });
  else {
    const result = countText(pushed.files.length);
    print(guestFilesTable(pushed.vms.map((vm) => ({ ...vm, bytes: vm.doneBytes, result }))));
  }
  const option = optionFor.GUEST_FILE_EXISTS ?? '';
  const isInTheWay = pushed.vms.some(({ failure }) => failure?.code === 'GUEST_FILE_EXISTS');
  if (isInTheWay && !json) printError(`tt: ${option}\n`);
  endWith(pushed.vms.map(({ failure }) => failure));
}

async function get(
  connection: NodeConnection,
  vms: readonly Vm[],
  paths: readonly string[],
  options: FileOptions,
  json: boolean,
): Promise<void> {
  const { first, last } = parted(paths, 'the folder of this computer');
  const wanted = first.map((text) => text.replace(/^:/, '').replace(/(.)\/+$/, '$1'));
  for (const file of wanted) {
    if (!file.startsWith('/')) throw new TtError('FILE_UNUSABLE', { file, reason: reason('notAbsoluteInGuest') });
  }
  let doneBytes = 0;
  const onProgress = (bytes: number) => {
    doneBytes += bytes;
    if (process.stderr.isTTY) printProgress(`getting ${fileSize(doneBytes)} ...`);
  };
  let hasKept = false;
  const onKept = () => {
    hasKept = true;
  };
  const request = {
    paths: wanted,
    folder: last,
    force: options.force === true,
    more: common(options),
    onProgress,
    onKept,
  };
  let pulled: PulledVm[];
  try {
    pulled = await pullFromEach(connection, vms, request);
  } finally {
    if (process.stderr.isTTY) printProgress('');
    if (hasKept && !json) printError('tt: what has come is kept: the same command resumes where this one stopped\n');
  }
  for (const { vmName, leftOut } of pulled) {
    for (const file of leftOut) printError(`tt: ${file} of ${vmName} is left out: it is no plain file\n`);
  }
  if (json) printJson({ vms: pulled });
  else print(guestFilesTable(pulled.map((vm) => pulledRow(vm, last))));
  endWith(pulled.map(({ failure }) => failure));
}

/** Of an agent that is newer. */
function notKnown(failure: ErrorRecord | null): TtError {
  return new TtError('INTERNAL', { requestId: failure?.code ?? '' });
}

function pulledRow({ vmName, files, failure }: PulledVm, folder: string): GuestFilesRow {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const result = `${countText(files.length)} in ${path.join(folder, folderFor(vmName))}`;
  return { vmName, state: failure ? 'failed' : 'done', bytes, failure, result };
}

function endWith(failures: readonly (ErrorRecord | null)[]): void {
  const ending = endingOf(failures);
  if (ending !== exitCodes.ok) process.exitCode = ending;
}
