// What a click or a key does to a table: selects, opens, sorts. Which of them it is, the two files that listen say.
import { pickedOf, type Picks, type ShownKeys } from './picks.ts';
import type { TableProps } from './table-model.ts';

export interface Held {
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

export interface TableVerbs {
  /** As the keys say that are held with it: it alone, it too, or all up to it. */
  pick: (key: string, held: Held) => void;
  /** By its box. Null: the box of the head, for all or none. */
  pickByBox: (key: string | null, held: Held) => void;
  extend: (key: string) => void;
  only: (key: string) => void;
  all: () => void;
  none: () => void;
  open: (key: string) => void;
  /** False: there is nothing to sort by. */
  sortBy: (head: Element | null) => boolean;
}

type Sources = Pick<TableProps, 'selection' | 'sort' | 'onSort' | 'onOpen'> & {
  shown: ShownKeys;
  picks: Picks;
  /** How many are selected, for the ear. */
  say: (count: number) => void;
};

export function tableVerbs({ selection, sort, onSort, onOpen, shown, picks, say }: Sources): TableVerbs {
  const select = (next: (selected: ReadonlySet<string>) => ReadonlySet<string>) => {
    if (!selection) return;
    const keys = next(selection.selected);
    selection.onSelect(keys);
    if (keys.size !== selection.selected.size) say(keys.size);
  };
  const verbs: TableVerbs = {
    extend: (key) => select((selected) => picks.extended(selected, shown, key)),
    only: (key) => select(() => picks.only(key)),
    all: () => select(() => picks.all(shown)),
    none: () => select(() => picks.none()),
    pick(key, { shiftKey, ctrlKey, metaKey }) {
      if (shiftKey) verbs.extend(key);
      else if (ctrlKey || metaKey || selection?.behavior === 'toggle')
        select((selected) => picks.toggled(selected, key));
      else verbs.only(key);
    },
    pickByBox(key, { shiftKey }) {
      if (key === null) select((selected) => (pickedOf(selected, shown) === 'all' ? picks.none() : picks.all(shown)));
      else if (shiftKey) verbs.extend(key);
      else select((selected) => picks.toggled(selected, key));
    },
    open(key) {
      // Where something is selected, a row that is pressed is one more.
      if (selection?.behavior === 'toggle' && selection.selected.size > 0)
        select((selected) => picks.toggled(selected, key));
      else onOpen(key);
    },
    sortBy(head) {
      const column = head?.getAttribute('data-column') ?? null;
      if (column === null) return false;
      onSort({ column, descending: sort.column === column && !sort.descending });
      return true;
    },
  };
  return verbs;
}
