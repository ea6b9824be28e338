// `tt env push|get` and `tt vm push|get`: files between this computer and guests.
import path from 'node:path';
import { toTtError, wholeEnv } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import {
  type ErrorCode,
  type ErrorRecord,
  isErrorCode,
  matchesOsPrefix,
  reason,
  toErrorRecord,
  TtError,
  type Vm,
} from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { exitCodeFor, exitCodes } from '../exit-codes.ts';
import { localTree, targetOf } from '../guest-files/local-tree.ts';
import { pullFiles, type Pulled } from '../guest-files/pull-files.ts';
import { pushFiles } from '../guest-files/push-files.ts';
import { fileSize, printJson, table } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print, printError, printProgress } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { collectedLists } from '../repeated-options.ts';
import { given, listOf, wholeNumber } from './option-values.ts';
import { mustMeanVms, vmIdFor, vmIdsFor } from './vm-names.ts';

interface ChoiceOptions {
  vm?: string[];
  osPrefix?: string[];
}

interface FileOptions {
  user?: string;
  force?: true;
  timeOut?: number;
}

interface PushOptions extends ChoiceOptions, FileOptions {
  mode?: number;
  owner?: { user?: string; group?: string };
}

/** Guests that files are got of at once: each has a stream, of which a user has a few. */
const GUESTS_AT_ONCE = 4;

export function addEnvFiles(env: Command): void {
  withChoice(withPushOptions(env.command('push <env> <paths...>')))
    .description('put files and folders into guests: FILE... and, last, a path in the guest')
    .action(async (envName: string, paths: string[], options: PushOptions, command: Command) => {
      await withServer(async (connection) => {
        const vms = await chosenVms(connection, envName, options);
        await push(connection, { envName, vmIds: vms?.map(({ id }) => id) }, paths, options, wantsJson(command));
      });
    });

  withChoice(withFileOptions(env.command('get <env> <paths...>')))
    .description('get files and folders of guests: paths in the guest and, last, a folder here, with one for each VM')
    .action(async (envName: string, paths: string[], options: ChoiceOptions & FileOptions, command: Command) => {
      await withServer(async (connection) => {
        const vms = (await chosenVms(connection, envName, options)) ?? (await wholeEnv(connection.client, envName)).vms;
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

  withFileOptions(vm.command('get <vm> <paths...>'))
    .description('get files and folders of a guest: paths in the guest and, last, a folder here, with one for the VM')
    .action(async (name: string, paths: string[], options: FileOptions, command: Command) => {
      await withServer(async (connection) => {
        await get(connection, [await oneVm(connection, name)], paths, options, wantsJson(command));
      });
    });
}

function withChoice(command: Command): Command {
  return command
    .option('--vm <names>', 'only these VMs, separated by commas', collectedLists(listOf))
    .option('-s, --os-prefix <prefixes>', 'only VMs of these systems', collectedLists(listOf));
}

function withFileOptions(command: Command): Command {
  return withJson(command)
    .option('--user <name>', 'who reads or writes in the guest (default: root)')
    .option('--force', 'overwrite files')
    .option('--time-out <s>', 'seconds that a guest may be silent (default 60)', wholeNumber(1, 3600));
}

function withPushOptions(command: Command): Command {
  return withFileOptions(command)
    .option('--mode <octal>', 'permission bits (default: those of each file here)', modeFrom)
    .option('--owner <user[:group]>', 'owner of the files in the guest', ownerFrom);
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

/** undefined: all. Rejects with VM_NOT_FOUND, SYSTEM_NOT_IN_ENV. */
async function chosenVms(
  connection: NodeConnection,
  envName: string,
  { vm = [], osPrefix = [] }: ChoiceOptions,
): Promise<Vm[] | undefined> {
  if (vm.length === 0 && osPrefix.length === 0) return undefined;
  const ids = new Set(await vmIdsFor(connection, envName, vm));
  await mustMeanVms(connection, envName, osPrefix);
  const { vms } = await wholeEnv(connection.client, envName);
  return vms.filter(({ id, image }) => ids.has(id) || osPrefix.some((prefix) => matchesOsPrefix(image, prefix)));
}

async function oneVm(connection: NodeConnection, name: string): Promise<Vm> {
  return connection.client.vm.show({ vmId: await vmIdFor(connection, name) });
}

function parted(paths: readonly string[], last: string): { first: string[]; last: string } {
  const end = paths.at(-1);
  if (paths.length < 2 || end === undefined) throw new InvalidArgumentError(`${last} is missing at the end.`);
  return { first: paths.slice(0, -1), last: end };
}

function common({ user, timeOut }: FileOptions) {
  return given({ user, timeoutS: timeOut });
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
    const rows = pushed.vms.map(({ vmName, state, doneBytes, failure }) => [
      vmName,
      state,
      fileSize(doneBytes),
      failure ? failureText(failure) : countText(pushed.files.length),
    ]);
    print(table(['VM', 'STATE', 'SIZE', 'RESULT'], rows));
  }
  endWith(pushed.vms.map(({ failure }) => failure));
}

interface PulledVm {
  vmId: string;
  vmName: string;
  files: Pulled['files'];
  leftOut: string[];
  failure: ErrorRecord | null;
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
  const waiting = [...vms];
  const pulled: PulledVm[] = [];
  const worker = async () => {
    for (let vm = waiting.shift(); vm; vm = waiting.shift()) {
      const about = { vmId: vm.id, vmName: vm.name };
      const folder = path.join(last, folderFor(vm.name));
      const request = { vm, paths: wanted, folder, force: options.force === true, more: common(options), onProgress };
      try {
        pulled.push({ ...about, ...(await pullFiles(connection, request)), failure: null });
      } catch (error) {
        // Of the only one, it is the failure of the command.
        if (!(error instanceof TtError) || vms.length === 1 || isOfAll(error.code)) {
          // What others have begun comes to its end, and no more is begun.
          waiting.length = 0;
          throw error;
        }
        pulled.push({ ...about, files: [], leftOut: [], failure: toErrorRecord(error) });
      }
    }
  };
  try {
    const ends = await Promise.allSettled(Array.from({ length: GUESTS_AT_ONCE }, worker));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    if (process.stderr.isTTY) printProgress('');
  }
  pulled.sort(
    (one, other) => vms.findIndex(({ id }) => id === one.vmId) - vms.findIndex(({ id }) => id === other.vmId),
  );
  for (const { vmName, leftOut } of pulled) {
    for (const file of leftOut) printError(`tt: ${file} of ${vmName} is left out: it is no plain file\n`);
  }
  if (json) printJson({ vms: pulled });
  else
    print(
      table(
        ['VM', 'STATE', 'SIZE', 'RESULT'],
        pulled.map((vm) => pulledRow(vm, last)),
      ),
    );
  endWith(pulled.map(({ failure }) => failure));
}

function pulledRow({ vmName, files, failure }: PulledVm, folder: string): string[] {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const result = failure
    ? failureText(failure)
    : `${countText(files.length)} in ${path.join(folder, folderFor(vmName))}`;
  return [vmName, failure ? 'failed' : 'done', fileSize(bytes), result];
}

/** The last part of its name: names of VMs are `<env>/<os>-<n>`. */
function folderFor(vmName: string): string {
  return vmName.slice(vmName.lastIndexOf('/') + 1).replace(/^\.+/, '_');
}

/** About the server or what the user does, so that no other guest would do better. */
function isOfAll(code: ErrorCode): boolean {
  return ['OPERATION_CANCELLED', 'AGENT_GONE', 'AGENT_UNREACHABLE', 'UNAUTHORIZED', 'ENV_NOT_YOURS'].includes(code);
}

function failureText({ code, message }: ErrorRecord): string {
  return `${message} [${code}]`;
}

/** That of the failures if they agree, so that scripts can tell guests that were not reached from files that were refused. */
function endWith(failures: readonly (ErrorRecord | null)[]): void {
  const codes = new Set(failures.flatMap((failure) => (failure ? [exitCodeOf(failure)] : [])));
  const [only] = codes;
  if (only !== undefined) process.exitCode = codes.size === 1 ? only : exitCodes.failed;
}

/** Of an agent that is newer. */
function notKnown(failure: ErrorRecord | null): TtError {
  return new TtError('INTERNAL', { requestId: failure?.code ?? '' });
}

function exitCodeOf({ code }: ErrorRecord): number {
  return isErrorCode(code) ? exitCodeFor(code) : exitCodes.failed;
}

function countText(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
