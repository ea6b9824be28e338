// Callers whom another server knows: a proxy asks the agent behind it about every credential that is not its own.
import type { Caller } from './identities.ts';

export interface Elsewhere {
  /** Asks, unless the answer is known; null: there is nothing to wait for. Rejects with the TtError that kept it from asking. */
  ask(credential: string): Promise<void> | null;
  /** As it was answered; null: nobody there knows it, or it was not asked. */
  find(credential: string): Caller | null;
  /** Calls `listener` after an answer has proved outdated; returns how to stop that. */
  onChange(listener: () => void): () => void;
}

/** For a server that knows everybody itself. */
export const nowhere: Elsewhere = { ask: () => null, find: () => null, onChange: () => () => {} };
