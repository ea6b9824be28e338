// Which version runs, which one is installed, and what changed between them. An upgrade replaces the program's files; the agent that runs
// is the older one until it is restarted. What is installed is read from the list of changes beside the program, so no network is needed.
import path from 'node:path';
import { readIfThere } from '@tt/client/node';
import type { VersionReport } from '@tt/protocol';

/** Beside the built program; in a checkout at its root. */
const PLACES = [
  path.join(import.meta.dirname, 'CHANGELOG.md'),
  path.resolve(import.meta.dirname, '../../CHANGELOG.md'),
];
const MOST_CHANGES = 20;
const HEADING = /^## (\d+\.\d+\.\d+\S*)/;

export type Change = VersionReport['changes'][number];

/** The list of changes of the program on the disk, as text; null if there is none. */
export async function installedChanges(places: readonly string[] = PLACES): Promise<string | null> {
  for (const place of places) {
    const text = await readIfThere(place);
    if (text !== null) return text;
  }
  return null;
}

/** The versions of a list of changes, newest first as they are written. */
export function changesIn(text: string): Change[] {
  const changes: Change[] = [];
  for (const line of text.split('\n')) {
    const version = HEADING.exec(line)?.[1];
    const last = changes.at(-1);
    if (version !== undefined) changes.push({ version, text: '' });
    else if (last) last.text += `${line}\n`;
  }
  return changes.map(({ version, text: body }) => ({ version, text: body.trim() }));
}

/**
 * The installed version, and what changed from the one that runs up to it, that one included. An installed version that is older than
 * the one that runs does not name it: then only its own changes are told.
 */
export function upgradeFrom(running: string, text: string | null): Pick<VersionReport, 'installed' | 'changes'> {
  const changes = text === null ? [] : changesIn(text);
  const installed = changes[0]?.version ?? null;
  const here = changes.findIndex(({ version }) => version === running);
  return { installed, changes: changes.slice(0, Math.min(MOST_CHANGES, here < 0 ? 1 : here + 1)) };
}
