// What is to be fetched of a guest, from what that guest lists. A list is data of whoever rules the guest: nothing of it may lead
// out of the folder that files are put into, here or anywhere.
import { type GuestEntryView, isInnerPath, reason, TtError } from '@tt/protocol';

export interface WantedFile {
  guestPath: string;
  /** Below the folder of its VM, with `/` between the parts. */
  inner: string;
  sizeBytes: number;
  mode: number;
  modifiedAt: string;
}

export interface FetchPlan {
  files: WantedFile[];
  /** Of folders that are wanted whole, also empty ones. Those above each come first. */
  folders: string[];
  /** Links below folders, devices and sockets: they are not fetched. */
  leftOut: string[];
}

/** One of the requested paths, as a guest lists it, and what it lists below it. */
export interface Found {
  named: GuestEntryView;
  below: readonly GuestEntryView[];
}

/** What no file of Windows can be called, on whatever system it ends up. */
const WINDOWS_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|[<>:"\\|?*\p{Cc}]|[. ]$/iu;

/**
 * `isWindows`: of the computer that the files come to. Throws GUEST_LIST_INVALID, and FILE_UNUSABLE where two of the requested
 * paths end in the same name.
 */
export function planFetch(vmName: string, found: readonly Found[], { isWindows = false } = {}): FetchPlan {
  const plan: FetchPlan = { files: [], folders: [], leftOut: [] };
  const kinds = new Map<string, 'file' | 'folder'>();
  const invalid = (path: string) => new TtError('GUEST_LIST_INVALID', { vmName, path });
  const take = (entry: GuestEntryView, inner: string) => {
    const { kind, path: guestPath, sizeBytes, mode, modifiedAt } = entry;
    if (kind === 'link' || kind === 'other') {
      plan.leftOut.push(guestPath);
      return;
    }
    if (!isInnerPath(inner)) throw invalid(guestPath);
    if (isWindows && inner.split('/').some((part) => WINDOWS_NAME.test(part))) throw invalid(guestPath);
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw invalid(guestPath);
    if (kinds.has(inner)) throw invalid(guestPath);
    kinds.set(inner, kind);
    if (kind === 'folder') plan.folders.push(inner);
    else plan.files.push({ guestPath, inner, sizeBytes, mode, modifiedAt });
  };
  const asked = new Set<string>();
  for (const { named, below } of found) {
    if (asked.has(named.path)) continue;
    asked.add(named.path);
    const name = named.path.slice(named.path.lastIndexOf('/') + 1);
    if (kinds.has(name)) throw new TtError('FILE_UNUSABLE', { file: name, reason: reason('namedTwice') });
    const isRoot = named.path === '/';
    if (!isRoot) take(named, name);
    const start = isRoot ? '/' : `${named.path}/`;
    for (const entry of below) {
      if (!entry.path.startsWith(start)) throw invalid(entry.path);
      const rest = entry.path.slice(start.length);
      take(entry, isRoot ? rest : `${name}/${rest}`);
    }
  }
  for (const inner of kinds.keys()) {
    for (let at = inner.lastIndexOf('/'); at > 0; at = inner.lastIndexOf('/', at - 1)) {
      if (kinds.get(inner.slice(0, at)) === 'file') throw invalid(inner);
    }
  }
  plan.folders.sort();
  return plan;
}

/** Of one call: a request is one piece of text. */
const MOST = { items: 1000, length: 200_000 };

/** Parts that each fit into one call; at least one, that may be empty. */
export function inCalls<Item>(items: readonly Item[], lengthOf: (item: Item) => number, most = MOST): Item[][] {
  const calls: Item[][] = [[]];
  let whole = 0;
  for (const item of items) {
    const length = lengthOf(item);
    const last = calls.at(-1) ?? [];
    if (last.length >= most.items || (last.length > 0 && whole + length > most.length)) {
      calls.push([item]);
      whole = length;
      continue;
    }
    last.push(item);
    whole += length;
  }
  return calls;
}
