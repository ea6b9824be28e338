// The interface of every check of `tt-agent doctor` and `npm run doctor`: it examines one aspect of the machine and returns
// data, never prints.
import { type Reason, reasonText, terms } from '@tt/protocol';
import type { Machine } from './machine.ts';

/** What to do: a command, the same in every language, or a sentence by its code. */
export type Fix = string | Reason;

export interface Finding {
  /** `optional`: missing, but the agent, or `npm start`, works without it. */
  passed: true | false | 'optional';
  /** What was found, in English. */
  description: string;
  /** What to do, each a command or an English sentence; empty if there is nothing to do. */
  fixes: readonly string[];
  /** The description in codes, a clause each; absent from the checks of a checkout, which only its developers read. */
  codes?: readonly Reason[];
  /** The code of each fix; null for a command. */
  fixCodes?: readonly (Reason | null)[];
}

export interface Check {
  /** One word or two, unique. */
  name: string;
  /** Whether one can do without: then a check that fails or hangs is `optional`, not missing. */
  isOptional?: true;
  /** How long looking may take; default 10 s. */
  timeoutMs?: number;
  /** A check that rejects or is late counts as not passed, and its error is shown. `signal` aborts at the time-out. */
  look(machine: Machine, signal: AbortSignal): Promise<Finding>;
}

export interface CheckResult extends Finding {
  name: string;
}

/** All is well, nothing to do. */
export function found(...what: readonly Reason[]): Finding {
  return finding(true, what, []);
}

/** Not there, but it works without. */
export function optional(what: Reason | readonly Reason[], ...fixes: Fix[]): Finding {
  return finding('optional', what, fixes);
}

/** It does not work without. */
export function needed(what: Reason | readonly Reason[], ...fixes: Fix[]): Finding {
  return finding(false, what, fixes);
}

export function finding(
  passed: Finding['passed'],
  what: Reason | readonly Reason[],
  fixes: readonly Fix[] = [],
): Finding {
  const codes = 'code' in what ? [what] : what;
  return {
    passed,
    description: codes.map((code) => reasonText(code, terms)).join('; '),
    fixes: fixes.map(fixText),
    codes,
    fixCodes: fixes.map((fix) => (typeof fix === 'string' ? null : fix)),
  };
}

/** In English. */
export function fixText(fix: Fix): string {
  return typeof fix === 'string' ? fix : reasonText(fix, terms);
}
