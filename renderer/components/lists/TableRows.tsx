// The rows of a table. react-aria makes every cell of every row of its table, drawn or not, in one piece of work, so those of a long table
// come some with each frame. It stands in the table: with rows that come, its head and the page around it are not made anew.
import type { ReactElement } from 'react';
import { TableBody } from 'react-aria-components';
import { useSlices } from './use-slices.ts';

/** Smaller ones are not shorter work, and more of it: with each slice the table also draws its rows in sight anew. */
const SLICE = 250;

export interface TableRowsProps<Item extends object> {
  items: readonly Item[];
  /** One Row. It is made anew when its item is another object. */
  children: (item: Item) => ReactElement;
}

export function TableRows<Item extends object>({ items, children }: TableRowsProps<Item>) {
  return <TableBody items={useSlices(items, SLICE)}>{children}</TableBody>;
}
