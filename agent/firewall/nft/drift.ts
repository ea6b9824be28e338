// Pure: compares the rules in force with the expected ones. The result is a difference to repair, and its description for the
// log and administrators.
import { ElementDiff, type WantedElements } from './elements.ts';
import type { Listing } from './listing.ts';
import { SETS, type SetName } from './table-text.ts';

/** What one element means: `missing` when it should be there, `extra` when it should not. */
const WORDS: Record<SetName, Record<'missing' | 'extra', (key: string, value: string) => string>> = {
  forwards: {
    missing: (key, value) => `port ${portText(key)} to ${targetText(value)} was missing`,
    extra: (key, value) => `port ${portText(key)} to ${targetText(value)} was open though it is no VM's`,
  },
  bridges: {
    missing: (key) => `bridge ${plain(key)} was not guarded`,
    extra: (key) => `bridge ${plain(key)} was guarded though it has no VM`,
  },
  within_bridge: {
    missing: (key) => `traffic inside bridge ${plain(key).split(' ')[0]} was not allowed`,
    extra: (key) => `traffic between bridges ${plain(key).replace(' . ', ' and ')} was allowed`,
  },
  nics: {
    missing: (key) => `guest ${nicText(key)} was not let out`,
    extra: (key) => `guest ${nicText(key)} was let out though there is none`,
  },
  denied: {
    missing: (key) => `${key} could open outgoing connections though that is denied`,
    extra: (key) => `${key} could not open outgoing connections though that is allowed`,
  },
  blacklist: {
    missing: (key) => `${pairText(key)} was allowed though it is blacklisted`,
    extra: (key) => `${pairText(key)} was stopped though it is not blacklisted`,
  },
  confined_uids: {
    missing: (key) => `processes of user ids ${key} could use the network`,
    extra: (key) => `processes of user ids ${key} were cut off from the network`,
  },
};

/** Elements that differ. A set that is missing altogether counts as empty. */
export function elementDrift(wanted: WantedElements, listing: Listing): { diff: ElementDiff; words: string[] } {
  const diff = new ElementDiff();
  const words: string[] = [];
  for (const { set, key, value } of wanted.all()) {
    const found = listing.elements.get(set)?.get(key);
    if (found === value) continue;
    diff.note(set, key, found);
    if (found === undefined) words.push(WORDS[set].missing(key, value));
    else words.push(`port ${portText(key)} led to ${targetText(found)} instead of ${targetText(value)}`);
  }
  for (const set of SETS) {
    for (const [key, value] of listing.elements.get(set) ?? []) {
      if (wanted.valueOf(set, key) !== undefined) continue;
      diff.note(set, key, value);
      words.push(WORDS[set].extra(key, value));
    }
  }
  return { diff, words };
}

/** Chains, rules, sets and flags that differ from those we installed (`reference`: blocks read back at that time). */
export function skeletonDrift(
  reference: ReadonlyMap<string, readonly string[]>,
  found: ReadonlyMap<string, readonly string[]>,
): string[] {
  const words: string[] = [];
  for (const [block, lines] of reference) {
    const foundLines = found.get(block);
    if (!foundLines) {
      words.push(`${block} was missing`);
      continue;
    }
    const missing = without(lines, foundLines).map((line) => `${block}: "${line}" was missing`);
    const extra = without(foundLines, lines).map((line) => `${block}: "${line}" was there though it is not ours`);
    const moved = missing.length + extra.length === 0 && lines.some((line, index) => line !== foundLines[index]);
    words.push(...missing, ...extra, ...(moved ? [`${block}: its rules stood in another order`] : []));
  }
  for (const block of found.keys()) {
    if (!reference.has(block)) words.push(`${block} was there though it is not ours`);
  }
  return words;
}

/** The lines of `lines` that `others` lacks, counting repetitions. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const index = left.indexOf(line);
    if (index === -1) return true;
    left.splice(index, 1);
    return false;
  });
}

/** `tcp . 40001` -> `40001/tcp` */
function portText(key: string): string {
  return key.split(' . ').toReversed().join('/');
}

/** `10.210.1.2 . 22` -> `10.210.1.2:22` */
function targetText(value: string): string {
  return value.replace(' . ', ':');
}

function plain(key: string): string {
  return key.replaceAll('"', '');
}

/** `"br" . 10.210.1.2` -> `10.210.1.2 on br` */
function nicText(key: string): string {
  return plain(key).split(' . ').toReversed().join(' on ');
}

/** `10.210.1.2 . 192.0.2.0/24` -> `10.210.1.2 to 192.0.2.0/24` */
function pairText(key: string): string {
  return key.replace(' . ', ' to ');
}
