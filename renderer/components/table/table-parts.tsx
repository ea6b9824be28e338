// Head, rows and cells of a table (`Table.tsx`). A row is drawn anew only when it is selected, gets the focus or another place; its cells only when
// what they show changes.
import { type ComponentType, createContext, memo, type ReactNode, useContext, useMemo } from 'react';
import { useWords } from '../../i18n/index.ts';
import { InItemContext } from '../lists/item-context.ts';
import type { TableColumn, TableSort } from './table-model.ts';

interface Place {
  /** Its rows are drawn in part, in places of their own; otherwise the browser lays them out. */
  isLong: boolean;
  /** The id of the cell that names the row. */
  nameId: string;
}

const RowContext = createContext<Place>({ isLong: false, nameId: '' });

/** `isName`: it names its row, and is the first one that is read out. */
export function TableCell({
  className,
  isName = false,
  children,
}: {
  className?: string;
  isName?: boolean;
  children: ReactNode;
}) {
  const { isLong, nameId } = useContext(RowContext);
  const Tag = isLong ? 'div' : 'td';
  return (
    <Tag
      role={isName ? 'rowheader' : 'gridcell'}
      tabIndex={-1}
      {...(isName && { id: nameId })}
      {...(className !== undefined && { className })}
    >
      {children}
    </Tag>
  );
}

export interface TableRowProps {
  id: string;
  nameId: string;
  index: number;
  isLong: boolean;
  /** From the top of all rows, in px. */
  top: number;
  /** Null: nothing can be selected here. */
  isSelected: boolean | null;
  isTabStop: boolean;
  /** False: its cells come with one of the next frames. */
  isWhole: boolean;
  /** What its checkbox is called. */
  selectLabel: string;
  Cells: ComponentType<{ id: string }>;
}

export const TableRow = memo(function TableRow({
  id,
  nameId,
  index,
  isLong,
  top,
  isSelected,
  isTabStop,
  isWhole,
  selectLabel,
  Cells,
}: TableRowProps) {
  const place = useMemo(() => ({ isLong, nameId }), [isLong, nameId]);
  const Tag = isLong ? 'div' : 'tr';
  return (
    <RowContext.Provider value={place}>
      <Tag
        role="row"
        className="row"
        data-key={id}
        data-selected={isSelected === true || undefined}
        aria-rowindex={index + 2}
        {...(isSelected !== null && { 'aria-selected': isSelected })}
        aria-labelledby={nameId}
        tabIndex={isTabStop ? 0 : -1}
        {...(isLong && { style: { top } })}
      >
        {isWhole && (
          <InItemContext.Provider value>
            {isSelected !== null && (
              <TableCell className="narrow">
                <PickBox label={selectLabel} isChecked={isSelected} />
              </TableCell>
            )}
            <Cells id={id} />
          </InItemContext.Provider>
        )}
      </Tag>
    </RowContext.Provider>
  );
});

/** Pressed, it is the table that hears of it. `isMixed`: some of all. */
function PickBox({ label, isChecked, isMixed = false }: { label: string; isChecked: boolean; isMixed?: boolean }) {
  return (
    <label className="pick">
      <input
        type="checkbox"
        className="visually-hidden"
        aria-label={label}
        checked={isChecked}
        readOnly
        ref={(box) => {
          if (box) box.indeterminate = isMixed;
        }}
      />
      <span className="checkbox" data-selected={isChecked || undefined} data-indeterminate={isMixed || undefined} />
    </label>
  );
}

export interface TableHeadProps {
  columns: readonly TableColumn[];
  sort: TableSort;
  isLong: boolean;
  /** Null: nothing can be selected here. */
  picked: 'none' | 'some' | 'all' | null;
  /** Of the last column, besides that of narrow ones. */
  verbsClass: string;
}

export const TableHead = memo(function TableHead({ columns, sort, isLong, picked, verbsClass }: TableHeadProps) {
  const t = useWords();
  const Cell = isLong ? 'div' : 'th';
  const Row = isLong ? 'div' : 'tr';
  const Group = isLong ? 'div' : 'thead';
  return (
    <Group role="rowgroup" className="table-head">
      <Row role="row" aria-rowindex={1}>
        {picked !== null && (
          <Cell role="columnheader" className="column narrow" tabIndex={-1}>
            <PickBox label={t('common.selectAll')} isChecked={picked === 'all'} isMixed={picked === 'some'} />
          </Cell>
        )}
        {columns.map(({ id, label, isSortable }) => {
          const isSorted = sort.column === id;
          const order = isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none';
          return (
            <Cell
              key={id}
              role="columnheader"
              className="column"
              tabIndex={-1}
              {...(isSortable && { 'aria-sort': order, 'data-column': id })}
            >
              {label}
              {isSorted && <span aria-hidden="true">{sort.descending ? ' ↓' : ' ↑'}</span>}
            </Cell>
          );
        })}
        <Cell role="columnheader" className={`column narrow ${verbsClass}`.trimEnd()} tabIndex={-1}>
          <span className="visually-hidden">{t('common.more')}</span>
        </Cell>
      </Row>
    </Group>
  );
});
