// Draws a react-aria collection (grid list, list box, table) whole while it is short, and in part by its Virtualizer when
// it is long. Selection, keys, dragging and the words for screen readers stay those of the collection.
import type { ReactNode } from 'react';
import { Virtualizer, type VirtualizerProps } from 'react-aria-components';

export interface LongCollectionProps<Options> extends Omit<VirtualizerProps<Options>, 'children'> {
  isLong: boolean;
  children: ReactNode;
}

export function LongCollection<Options>({ isLong, children, ...virtualizer }: LongCollectionProps<Options>) {
  if (!isLong) return children;
  return <Virtualizer {...virtualizer}>{children}</Virtualizer>;
}
