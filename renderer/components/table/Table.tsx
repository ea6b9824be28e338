// A table of things that are selected, opened and sorted: the grid pattern of the ARIA Authoring Practices Guide, drawn in part where it is long. It is ours, and
// not react-aria's, whose cells are all drawn anew with whatever changes a table: 1000 machines selected by Ctrl-A were 140 ms of it (decision 0117).
import { type CSSProperties, useId, useMemo, useRef, useState } from 'react';
import { useWords } from '../../i18n/index.ts';
import { pickedOf, Picks, type ShownKeys } from './picks.ts';
import { useRowPieces } from './row-pieces.ts';
import type { TableColumn, TableProps } from './table-model.ts';
import { TableHead, TableRow } from './table-parts.tsx';
import { tableVerbs } from './table-verbs.ts';
import { useTableFocus } from './use-table-focus.ts';
import { useTableHandlers } from './use-table-handlers.ts';
import { useTableKeys } from './use-table-keys.ts';
import { useRowsInSight } from './use-rows-in-sight.ts';

/** So many get their cells with each frame: a row of machines is a few milliseconds. */
const PIECE = 6;
const PICK_PX = 32;
const NONE: ReadonlySet<string> = new Set();
const VERBS = { width: 40, className: '' };

export function Table(props: TableProps) {
  const {
    label,
    className = '',
    columns,
    verbs: verbColumn = VERBS,
    keys,
    isLong,
    rowHeight,
    nameOf,
    Cells,
    sort,
    selection,
  } = props;
  const t = useWords();
  const tableId = useId();
  const body = useRef<HTMLTableSectionElement & HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement & HTMLDivElement>(null);
  const end = useRef<HTMLSpanElement>(null);
  const shown = useMemo<ShownKeys>(() => ({ keys, places: new Map(keys.map((key, place) => [key, place])) }), [keys]);
  const [picks] = useState(() => new Picks());
  const [focused, setFocused] = useState<string | null>(null);
  const [isWithin, setWithin] = useState(false);
  const [said, setSaid] = useState<number | null>(null);
  const span = useRowsInSight(body, { count: keys.length, rowHeight, isLong });
  const drawn = drawnKeys(shown, span, focused);
  const whole = useRowPieces(drawn, isLong ? PIECE : drawn.length);
  const selected = selection?.selected ?? NONE;
  const focus = useTableFocus({ shown, selected, grid, end, focused, setFocused, isWithin, setWithin });
  const verbs = tableVerbs({ ...props, shown, picks, say: setSaid });
  const onKey = useTableKeys({ ...props, shown, grid, focus, verbs });
  const handlers = useTableHandlers({ ...props, grid, focus, verbs, onKey });
  const Grid = isLong ? 'div' : 'table';
  const Body = isLong ? 'div' : 'tbody';
  return (
    <>
      <Grid
        ref={grid}
        role="grid"
        aria-label={label}
        aria-rowcount={keys.length + 1}
        {...(selection && { 'aria-multiselectable': true })}
        className={`table ${className}`.trimEnd()}
        data-long={isLong || undefined}
        // Once something in it has the focus, that is where Tab stops.
        tabIndex={isWithin ? -1 : 0}
        {...(isLong && { style: widthsOf(columns, verbColumn.width, selection !== null) })}
        {...handlers}
      >
        <TableHead
          columns={columns}
          sort={sort}
          isLong={isLong}
          picked={selection && pickedOf(selection.selected, shown)}
          verbsClass={verbColumn.className}
        />
        <Body
          ref={body}
          role="rowgroup"
          className="table-body"
          {...(isLong && { style: { height: keys.length * rowHeight } })}
        >
          {drawn.map((key) => {
            const index = shown.places.get(key) ?? 0;
            const name = nameOf(key);
            return (
              <TableRow
                key={key}
                id={key}
                nameId={`${tableId}-${key}`}
                index={index}
                isLong={isLong}
                top={isLong ? index * rowHeight : 0}
                isSelected={selection ? selection.selected.has(key) : null}
                isTabStop={isWithin && key === focused}
                isWhole={whole.has(key)}
                selectLabel={t('common.selectOne', { name })}
                Cells={Cells}
              />
            );
          })}
        </Body>
      </Grid>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/noNoninteractiveTabindex: where Tab goes on from; the focus never stays there */}
      <span ref={end} tabIndex={0} onFocus={focus.onEndFocus} />
      <span className="visually-hidden" aria-live="polite" data-live-announcer="true">
        {said !== null && t('common.selectedCount', { count: said })}
      </span>
    </>
  );
}

/** Those in sight, and the one that has the focus wherever it is, in their order. */
function drawnKeys(
  { keys, places }: ShownKeys,
  { first, end }: { first: number; end: number },
  focused: string | null,
) {
  const drawn = keys.slice(first, end);
  const place = focused === null ? undefined : places.get(focused);
  if (focused === null || place === undefined || (place >= first && place < end)) return drawn;
  return place < first ? [focused, ...drawn] : [...drawn, focused];
}

/** The same columns for head and rows, which are boxes of their own. */
function widthsOf(columns: readonly TableColumn[], verbsPx: number, hasPicks: boolean) {
  const shares = columns.map(({ width, minWidth }) => `minmax(${minWidth}px, ${width})`);
  const least = columns.reduce((sum, { minWidth }) => sum + minWidth, verbsPx + (hasPicks ? PICK_PX : 0));
  const template = [...(hasPicks ? [`${PICK_PX}px`] : []), ...shares, `${verbsPx}px`].join(' ');
  return { '--columns': template, minWidth: least } as CSSProperties;
}
