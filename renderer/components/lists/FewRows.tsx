// A list that stands above other things (messages, running operations): its first or last few, and a button that opens all of it
// in a box that scrolls.
import { type ReactNode, useState } from 'react';
import { useWords } from '../../i18n/index.ts';
import { Button } from '../Button.tsx';
import { fewOf } from './few-of.ts';
import { type RowPlace, Rows, type RowsProps } from './Rows.tsx';

export interface FewRowsProps<Item> extends Omit<RowsProps<Item>, 'count' | 'role'> {
  /** How many are shown before all are asked for. */
  most: number;
  /** Which those are; the button stands where the others are missing. Default: the first. */
  keep?: 'first' | 'last';
  /** Beside that button. */
  actions?: ReactNode;
  children: (item: Item, place: RowPlace) => ReactNode;
}

export function FewRows<Item>({ items, most, keep = 'first', actions, ...rows }: FewRowsProps<Item>) {
  const t = useWords();
  const [wantsAll, setWantsAll] = useState(false);
  const { few, leftOut } = fewOf(items, most, keep);
  const isOpen = wantsAll && leftOut > 0;
  return (
    <div className="few" data-open={isOpen || undefined}>
      {keep === 'first' && <Rows key={String(isOpen)} {...rows} items={isOpen ? items : few} />}
      {leftOut > 0 && (
        <div className="few-foot">
          <Button kind="quiet" size="small" aria-expanded={isOpen} onPress={() => setWantsAll(!isOpen)}>
            {isOpen ? t('common.showFewer') : t('common.andMore', { count: leftOut })}
          </Button>
          {actions}
        </div>
      )}
      {keep === 'last' && <Rows key={String(isOpen)} {...rows} items={isOpen ? items : few} />}
    </div>
  );
}
