// The head of a table of things that can be selected: a checkbox, columns with the mark of the one it is sorted by, and a place for verbs.
import { Checkbox, Column, TableHeader } from 'react-aria-components';
import { useWords } from '../../i18n/index.ts';

export interface ListColumn {
  id: string;
  label: string;
  /** Share of the width and least width in px, for a long table: a short one is as wide as its contents need. */
  width: `${number}fr`;
  minWidth: number;
  isSortable: boolean;
}

/** The first column names the row. `verbsClass`: of the last column, besides that of narrow ones. */
export function ListHead({ columns, verbsClass = '' }: { columns: readonly ListColumn[]; verbsClass?: string }) {
  const t = useWords();
  return (
    <TableHeader>
      <Column className="column narrow" width={32} minWidth={32}>
        <Checkbox slot="selection" className="checkbox" />
      </Column>
      {columns.map(({ id, label, width, minWidth, isSortable }, index) => (
        <Column
          key={id}
          id={id}
          width={width}
          minWidth={minWidth}
          className="column"
          isRowHeader={index === 0}
          allowsSorting={isSortable}
        >
          {({ sortDirection }) => (
            <>
              {label}
              {sortDirection !== undefined && (
                <span aria-hidden="true">{sortDirection === 'ascending' ? ' ↑' : ' ↓'}</span>
              )}
            </>
          )}
        </Column>
      ))}
      <Column className={`column narrow ${verbsClass}`.trimEnd()} width={40} minWidth={40}>
        <span className="visually-hidden">{t('common.more')}</span>
      </Column>
    </TableHeader>
  );
}
