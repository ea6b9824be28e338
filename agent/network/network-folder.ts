// Where the files of dnsmasq are: it reads them as an unprivileged user, so every folder above must be searchable by others.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { isThere } from '../host/is-there.ts';

const RUN = '/run';

/**
 * `inState`, the folder in the state folder, where others can reach it; else, for root, one of this agent below /run: root's own
 * home is closed on most hosts. The files are worth nothing after a reboot.
 */
export async function openNetworkFolder(
  inState: string,
  agentTag: string,
  { run = RUN, isRoot = process.getuid?.() === 0 } = {},
): Promise<string> {
  if (!isRoot || !(await isThere(run))) return inState;
  const closed = await closedFolder(path.dirname(inState));
  if (closed === null || (await closedFolder(run)) !== null) return inState;
  return path.join(run, `tt-network-${agentTag}`);
}

/** The nearest folder on the way to `directory` (which exists) that others can't search; null: there is none. */
export async function closedFolder(directory: string): Promise<string | null> {
  for (let folder = path.resolve(directory); ; folder = path.dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return folder;
    if (folder === path.dirname(folder)) return null;
  }
}
