// What the agent refused, as long as what was asked for is still what it was: words about it are not rewritten by typing, and go when
// something is put right.
import type { TtError } from '@tt/protocol';
import { useState } from 'react';

export interface Refusal {
  error: TtError;
  /** Of the ENV that was asked for. */
  envName: string;
}

export interface Remembered extends Refusal {
  asked: string;
}

/** `asked`: what would be asked for now, as a text. `refuse` is told what really was asked for, which may be older; null: nothing was refused. */
export function useRefusal(asked: string): {
  refusal: Refusal | null;
  refuse: (refusal: Remembered | null) => void;
} {
  const [remembered, setRemembered] = useState<Remembered | null>(null);
  return { refusal: remembered?.asked === asked ? remembered : null, refuse: setRemembered };
}
