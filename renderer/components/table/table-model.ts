// What a table is told by who shows it.
import type { ComponentType } from 'react';

export interface TableColumn {
  id: string;
  label: string;
  /** Share of the width and least width in px, for a long table: a short one is as wide as its contents need. */
  width: `${number}fr`;
  minWidth: number;
  isSortable: boolean;
}

export interface TableSort {
  column: string;
  descending: boolean;
}

export interface TableSelection {
  /** `toggle`: a click opens a row, and selects it once one is selected; `replace`: a click selects a row alone, a double click opens it. */
  behavior: 'toggle' | 'replace';
  selected: ReadonlySet<string>;
  onSelect: (keys: ReadonlySet<string>) => void;
}

export interface TableProps {
  label: string;
  className?: string;
  columns: readonly TableColumn[];
  /** The last column, which has the verbs of a row: its width in px where the table is long. */
  verbs?: { width: number; className: string };
  /** In the order in which they are shown. */
  keys: readonly string[];
  isLong: boolean;
  /** In px, of all rows. */
  rowHeight: number;
  /** What a row is called: for who hears it, and to be found by typing. */
  nameOf: (key: string) => string;
  /** The cells of a row. It is the same component each time. */
  Cells: ComponentType<{ id: string }>;
  sort: TableSort;
  onSort: (sort: TableSort) => void;
  /** Null: nothing can be selected. */
  selection: TableSelection | null;
  onOpen: (key: string) => void;
}
