// The mark of a kind of network of a host: what nobody has set up is no fault. Pure.
import type { Reason } from '@tt/protocol';
import type { Mark } from '../components/marks.ts';

/** `problem`: why the kind cannot be used; null: it can. */
export function networkMark(problem: Reason | null): Mark {
  if (problem === null) return 'running';
  return problem.code === 'notConfigured' ? 'empty' : 'failed';
}
