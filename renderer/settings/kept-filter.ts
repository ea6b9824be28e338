// The filters of the board, which a window remembers: what there is, and as it is read again. What each of them means is in
// board/board-filter.ts. Pure.
export const boardStates = ['all', 'running', 'stopped', 'failed'] as const;
export type BoardState = (typeof boardStates)[number];
/** On or off. */
export const boardMarks = ['mine', 'shared', 'ending', 'idle'] as const;
export type BoardMark = (typeof boardMarks)[number];
/** One value of many, or any (null). */
export const boardFields = ['owner', 'team', 'os', 'host', 'tag'] as const;
export type BoardField = (typeof boardFields)[number];

export type BoardFilter = Readonly<
  { state: BoardState; marks: readonly BoardMark[] } & Record<BoardField, string | null>
>;

export const noFilter: BoardFilter = {
  state: 'all',
  marks: [],
  owner: null,
  team: null,
  os: null,
  host: null,
  tag: null,
};

/** No name or tag is longer. */
const LONGEST = 200;

/** As an earlier window kept it; what can’t be read filters nothing. */
export function readFilter(kept: unknown): BoardFilter {
  const from =
    typeof kept === 'object' && kept !== null
      ? new Map<string, unknown>(Object.entries(kept))
      : new Map<string, unknown>();
  const text = (field: BoardField) => {
    const value: unknown = from.get(field);
    return typeof value === 'string' && value !== '' && value.length <= LONGEST ? value : null;
  };
  const marks: unknown = from.get('marks');
  return {
    state: boardStates.find((state) => state === from.get('state')) ?? 'all',
    marks: boardMarks.filter((mark) => Array.isArray(marks) && marks.includes(mark)),
    owner: text('owner'),
    team: text('team'),
    os: text('os'),
    host: text('host'),
    tag: text('tag'),
  };
}
