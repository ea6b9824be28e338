// Installs the agent as a service of systemd on hosts without the Debian package, again in place of an older one, or removes it. What fails
// takes back what it has written.
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asFileProblem, printError } from '@tt/client/node';
import { quoted, TtError } from '@tt/protocol';
import { isThere } from '../host/is-there.ts';
import { RunError, runCommand } from '../host/run-command.ts';
import { UndoStack } from '../host/undo-stack.ts';
import { INSTALL_MARK, PACKAGED_UNITS, PROGRAM_FOLDER, type ServiceFile } from './service-files.ts';
import type { ServiceHost } from './service-host.ts';

const UNIT = 'tt-agent.service';
const COPY_TIMEOUT_MS = 5 * 60_000;

/** What the program folder is made of. */
export interface ProgramSource {
  node: string;
  /** Folder of the built agent. */
  agent: string;
  /** Folder of the built window; null: there is none. */
  window: string | null;
}

/**
 * Starts the service, or restarts it in place of an older one; VMs run on meanwhile. Rejects with INSTALL_NOT_ROOT, INSTALL_NO_SYSTEMD,
 * INSTALL_CONFLICT (nothing was changed then) and INSTALL_START_FAILED.
 */
export async function installService(
  host: ServiceHost,
  source: ProgramSource,
  files: readonly ServiceFile[],
): Promise<void> {
  await mustBeAble(host);
  for (const unit of PACKAGED_UNITS)
    if (await isThere(host.root + unit)) throw new TtError('INSTALL_CONFLICT', { file: unit });
  for (const file of files) if ((await ownerOf(host, file)) === 'other') throw conflict(file);
  const undo = new UndoStack((what, error) => printError(`could not ${what}: ${String(error)}\n`));
  try {
    await placeProgram(host, source, undo);
    for (const file of files) await placeFile(host, file, undo);
    undo.commit();
  } catch (error) {
    await undo.undo();
    throw asFileProblem(error);
  }
  await rm(`${host.root}${PROGRAM_FOLDER}.old`, { recursive: true, force: true });
  try {
    await host.systemctl(['daemon-reload']);
    await host.systemctl(['enable', UNIT]);
    await host.systemctl(['restart', UNIT]);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const why = quoted('reported', error.stderr || error.message);
    throw new TtError('INSTALL_START_FAILED', { reason: why }, { cause: error });
  }
}

/** Ends the agent and removes what `installService` wrote. VMs keep running; configuration and state stay. Paths of what it removed. */
export async function uninstallService(host: ServiceHost, files: readonly ServiceFile[]): Promise<string[]> {
  await mustBeAble(host);
  const ours: string[] = [];
  for (const file of files) if ((await ownerOf(host, file)) === 'us') ours.push(file.path);
  if (ours.some((file) => file.endsWith(UNIT))) await host.systemctl(['disable', '--now', UNIT]);
  for (const file of ours) await rm(host.root + file);
  if (ours.length > 0 && (await isThere(host.root + PROGRAM_FOLDER))) {
    await rm(host.root + PROGRAM_FOLDER, { recursive: true });
    ours.push(PROGRAM_FOLDER);
  }
  await host.systemctl(['daemon-reload']);
  return ours;
}

async function mustBeAble(host: ServiceHost): Promise<void> {
  if (!host.isRoot) throw new TtError('INSTALL_NOT_ROOT', {});
  if (!(await host.hasSystemd())) throw new TtError('INSTALL_NO_SYSTEMD', {});
}

function conflict({ path: file }: ServiceFile): TtError<'INSTALL_CONFLICT'> {
  return new TtError('INSTALL_CONFLICT', { file });
}

/** Who wrote what is there: the files that are kept belong to the administrator. */
async function ownerOf(
  { root }: ServiceHost,
  { path: file, rule }: ServiceFile,
): Promise<'nobody' | 'us' | 'admin' | 'other'> {
  if (!(await isThere(root + file))) return 'nobody';
  if (rule === 'keep') return 'admin';
  return (await readFile(root + file, 'utf8')).includes(INSTALL_MARK) ? 'us' : 'other';
}

/** All of it or what was there before. One that installs itself again has nothing to copy. */
async function placeProgram(
  { root }: ServiceHost,
  { node, agent, window }: ProgramSource,
  undo: UndoStack,
): Promise<void> {
  const place = root + PROGRAM_FOLDER;
  if (path.resolve(agent) === path.join(place, 'agent')) return;
  const [coming, before] = [`${place}.new`, `${place}.old`];
  await rm(coming, { recursive: true, force: true });
  undo.add('remove the new program', () => rm(coming, { recursive: true, force: true }));
  await mkdir(coming, { recursive: true, mode: 0o755 });
  await copyTree(node, path.join(coming, 'node'));
  await copyTree(agent, path.join(coming, 'agent'));
  if (window !== null) await copyTree(window, path.join(coming, 'window'));
  // Whatever the umask and the modes of the checkout are: everybody may read it, only root change it.
  await runCommand('chmod', ['-R', 'u=rwX,go=rX', coming], { timeoutMs: COPY_TIMEOUT_MS });
  await rm(before, { recursive: true, force: true });
  if (await isThere(place)) await rename(place, before);
  undo.add('put the old program in its place', async () => {
    await rm(place, { recursive: true, force: true });
    if (await isThere(before)) await rename(before, place);
  });
  await rename(coming, place);
}

/** Owned by root; links become what they point to. */
async function copyTree(from: string, to: string): Promise<void> {
  await runCommand('cp', ['--recursive', '--dereference', '--', from, to], { timeoutMs: COPY_TIMEOUT_MS });
}

async function placeFile(host: ServiceHost, file: ServiceFile, undo: UndoStack): Promise<void> {
  const place = host.root + file.path;
  const owner = await ownerOf(host, file);
  if (owner === 'admin') return;
  const before = owner === 'us' ? await readFile(place) : null;
  undo.add(`take ${file.path} back`, () => (before === null ? rm(place, { force: true }) : writeFile(place, before)));
  await mkdir(path.dirname(place), { recursive: true, mode: 0o755 });
  await writeFile(`${place}.new`, file.text, { mode: file.mode });
  // Whatever the umask is.
  await chmod(`${place}.new`, file.mode);
  await rename(`${place}.new`, place);
}
