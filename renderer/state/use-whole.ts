// A record with the long texts that the feed leaves out of it: they are asked for when somebody shows or edits it.
import type { TtError } from '@tt/protocol';
import { useEffect, useMemo, useState } from 'react';
import type { Outcome } from '../activity/operation-store.ts';

interface LeftOut {
  leftOut?: string[] | undefined;
}

export interface Whole<Item> {
  /** null until its texts have come: nothing may be saved from a record that lacks them. */
  whole: Item | null;
  error: TtError | null;
}

/**
 * `ask` gives the record with all its texts; it is called when something is left out, and again when the record has changed.
 * Until the answer, the texts that were known before stand.
 */
export function useWhole<Item extends LeftOut>(
  record: Item,
  ask: (record: Item) => Promise<Outcome<Item>>,
): Whole<Item> {
  const [known, setKnown] = useState<Item | null>(null);
  const [error, setError] = useState<TtError | null>(null);
  useEffect(() => {
    if (!record.leftOut) return undefined;
    let isCurrent = true;
    void ask(record).then((outcome) => {
      if (!isCurrent) return;
      if (outcome.ok) setKnown(outcome.value);
      setError(outcome.ok ? null : outcome.error);
    });
    return () => {
      isCurrent = false;
    };
  }, [record, ask]);
  const whole = useMemo(() => completed(record, known), [record, known]);
  return { whole, error: whole ? null : error };
}

/** The record with the texts of `known`; null while it lacks some. */
export function completed<Item extends LeftOut>(record: Item, known: Item | null): Item | null {
  const { leftOut, ...rest } = record;
  if (!leftOut) return record;
  if (!known) return null;
  const texts = Object.entries(known).filter(([field]) => leftOut.includes(field));
  return { ...(rest as Item), ...Object.fromEntries(texts) };
}
