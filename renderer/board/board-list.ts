// Which ENVs the board shows by typed words, and in which order. Other filters are in board-filter.ts. Pure.
import type { Env, Vm } from '@tt/protocol';
import { naturalOrder } from '../state/natural-order.ts';

export type BoardColumn = 'name' | 'state' | 'machines' | 'timeLeft' | 'owner' | 'created';

export interface BoardSort {
  column: BoardColumn;
  descending: boolean;
}

/** True when every typed word is found in the ENV's name, title, owner, team, tags or systems. */
export function matchesWords(env: Env, vmsOf: (envName: string) => readonly Vm[], query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  // Without words no machine is read, so that the board is not drawn anew with each of their changes.
  if (words.length === 0) return true;
  const images = new Set(vmsOf(env.name).map(({ image }) => image));
  const text = [env.name, env.title, env.owner, env.team ?? '', ...env.tags, ...images].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

export function sortEnvs(envs: readonly Env[], { column, descending }: BoardSort): Env[] {
  const sign = descending ? -1 : 1;
  const byName = (a: Env, b: Env) => naturalOrder(a.name, b.name);
  return envs.toSorted((a, b) => sign * compare(a, b, column) || byName(a, b));
}

function compare(a: Env, b: Env, column: BoardColumn): number {
  switch (column) {
    case 'name':
      return naturalOrder(a.name, b.name);
    case 'state':
      return a.state.localeCompare(b.state);
    case 'machines':
      return a.vmIds.length - b.vmIds.length;
    case 'timeLeft':
      return a.endAt.localeCompare(b.endAt);
    case 'owner':
      return a.owner.localeCompare(b.owner);
    case 'created':
      return a.startAt.localeCompare(b.startAt);
  }
}
