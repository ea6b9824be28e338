// The shells of one machine that this page has open, each a tab. There is always one; it is opened when it is first looked at.
import { useState } from 'react';

export interface ShellTab {
  /** From 1; the number of one that was closed is not given again. */
  number: number;
  /** In the guest; null: the one that a shell has by default. */
  user: string | null;
}

export interface ShellTabs {
  all: readonly ShellTab[];
  shown: number;
  /** No other fits. */
  isFull: boolean;
  show: (number: number) => void;
  open: (user: string | null) => void;
  /** Not the only one. */
  close: (number: number) => void;
}

/** More would not fit beside one another; a guest has at most 16, of all who look at it. */
const MOST_IN_PAGE = 6;

export function useShellTabs(): ShellTabs {
  const [all, setAll] = useState<readonly ShellTab[]>([{ number: 1, user: null }]);
  const [last, setLast] = useState(1);
  const [shown, setShown] = useState(1);
  return {
    all,
    shown,
    isFull: all.length >= MOST_IN_PAGE,
    show: setShown,
    open: (user) => {
      if (all.length >= MOST_IN_PAGE) return;
      const number = last + 1;
      setLast(number);
      setAll([...all, { number, user }]);
      setShown(number);
    },
    close: (number) => {
      const left = all.filter((shell) => shell.number !== number);
      const neighbour = left.findLast((shell) => shell.number < number) ?? left[0];
      if (!neighbour) return;
      setAll(left);
      if (shown === number) setShown(neighbour.number);
    },
  };
}
