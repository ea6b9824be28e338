// What is selected in a table, as clicks and keys change it: one, more, or all from one to another in the order in which they are shown.

/** In the order in which they are shown. */
export interface ShownKeys {
  keys: readonly string[];
  /** Where each of them stands. */
  places: ReadonlyMap<string, number>;
}

export class Picks {
  /** Where a range began and where it ended last; it is drawn anew from its beginning. */
  #from: string | null = null;
  #to: string | null = null;

  only(key: string): ReadonlySet<string> {
    this.#from = this.#to = key;
    return new Set([key]);
  }

  toggled(selected: ReadonlySet<string>, key: string): ReadonlySet<string> {
    this.#from = this.#to = key;
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    return next;
  }

  /** All from where the range began to `key`, in place of those to where it had ended. */
  extended(selected: ReadonlySet<string>, shown: ShownKeys, key: string): ReadonlySet<string> {
    const isShown = this.#from !== null && shown.places.has(this.#from);
    const from = isShown && this.#from !== null ? this.#from : key;
    const next = new Set(selected);
    if (isShown && this.#to !== null) for (const old of between(shown, from, this.#to)) next.delete(old);
    for (const one of between(shown, from, key)) next.add(one);
    this.#from = from;
    this.#to = key;
    return next;
  }

  all({ keys }: ShownKeys): ReadonlySet<string> {
    return new Set(keys);
  }

  none(): ReadonlySet<string> {
    this.#from = this.#to = null;
    return new Set();
  }
}

/** How many of those that are shown are selected; a selection may go on beyond them. */
export function pickedOf(selected: ReadonlySet<string>, { keys }: ShownKeys): 'none' | 'some' | 'all' {
  if (selected.size === 0) return 'none';
  return keys.every((key) => selected.has(key)) ? 'all' : 'some';
}

/** With both; none where one of them is not shown any more. */
function between({ keys, places }: ShownKeys, from: string, to: string): readonly string[] {
  const [a, b] = [places.get(from), places.get(to)];
  if (a === undefined || b === undefined) return [];
  return keys.slice(Math.min(a, b), Math.max(a, b) + 1);
}
