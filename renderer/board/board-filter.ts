// Which ENVs the board shows besides the typed words: filters that combine, each narrowing what the others leave. Pure.
import type { Env, Vm } from '@tt/protocol';
import { lifeLeft } from '../env/lifetime.ts';
import { osFamily } from '../images/os-family.ts';
import {
  type BoardField,
  type BoardFilter,
  boardFields,
  type BoardMark,
  type BoardState,
} from '../settings/kept-filter.ts';
import { naturalOrder } from '../state/natural-order.ts';

/** What the filters look at besides the ENV; asked only where a filter needs it, so that the board follows no more than that. */
export interface BoardSight {
  vmsOf: (envName: string) => readonly Vm[];
  isMine: (env: Env) => boolean;
  isIdle: (envName: string) => boolean;
  now: () => number;
}

export function isFiltered(filter: BoardFilter): boolean {
  return filter.state !== 'all' || filter.marks.length > 0 || boardFields.some((field) => filter[field] !== null);
}

/** How many of them narrow the board, without the state. */
export function filterCount(filter: BoardFilter): number {
  return boardFields.filter((field) => filter[field] !== null).length;
}

export function matchesFilter(env: Env, filter: BoardFilter, sight: BoardSight): boolean {
  return (
    hasState(env, filter.state) &&
    filter.marks.every((mark) => hasMark(env, mark, sight)) &&
    boardFields.every((field) => {
      const wanted = filter[field];
      return wanted === null || valuesOf(env, field, sight).includes(wanted);
    })
  );
}

function hasState({ state }: Env, wanted: BoardState): boolean {
  switch (wanted) {
    case 'all':
      return true;
    case 'running':
      return state === 'running' || state === 'partial';
    case 'stopped':
      return state === 'stopped' || state === 'empty';
    case 'failed':
      return state === 'failed';
  }
}

function hasMark(env: Env, mark: BoardMark, { isMine, isIdle, now }: BoardSight): boolean {
  switch (mark) {
    case 'mine':
      return isMine(env);
    case 'shared':
      return (env.team ?? null) !== null;
    case 'ending':
      return ['soon', 'now'].includes(lifeLeft(env, now()).urgency);
    case 'idle':
      return isIdle(env.name);
  }
}

function valuesOf(env: Env, field: BoardField, { vmsOf }: Pick<BoardSight, 'vmsOf'>): readonly string[] {
  switch (field) {
    case 'owner':
      return [env.owner];
    case 'team':
      return env.team ? [env.team] : [];
    case 'tag':
      return env.tags;
    case 'host':
      return vmsOf(env.name).map(({ hostId }) => hostId);
    case 'os':
      return vmsOf(env.name).flatMap(({ image }) => (image === '' ? [] : [systemOf(image)]));
  }
}

/** `qemu:debian-12:default` -> `debian`. */
function systemOf(image: string): string {
  return osFamily(image.split(':')[1] ?? image);
}

/** What there is to choose from, each once. Values that no ENV has (any more) stay while they are chosen. */
export function filterValues(
  envs: readonly Env[],
  filter: BoardFilter,
  field: BoardField,
  sight: Pick<BoardSight, 'vmsOf'>,
): string[] {
  const chosen = filter[field];
  const found = new Set([...envs.flatMap((env) => valuesOf(env, field, sight)), ...(chosen === null ? [] : [chosen])]);
  return [...found].toSorted(naturalOrder);
}
