// What every checker of `npm run doctor` looks like: it asks the machine one thing and gives data, never prints.
import type { Machine } from './machine.ts';

export interface Finding {
  /** `optional`: not there, and `npm start` works without it. */
  passed: true | false | 'optional';
  /** What was found, one sentence for people. */
  description: string;
  /** What to do about it, each a command or a sentence; empty when there is nothing to do. */
  fixes: readonly string[];
}

export interface Check {
  /** One word or two, unique. */
  name: string;
  /** Whether `npm start` can do without: then a check that fails or hangs is `optional`, not missing. */
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
export function found(description: string): Finding {
  return { passed: true, description, fixes: [] };
}

/** Not there, but `npm start` works without it. */
export function optional(description: string, ...fixes: string[]): Finding {
  return { passed: 'optional', description, fixes };
}

/** `npm start` needs this. */
export function needed(description: string, ...fixes: string[]): Finding {
  return { passed: false, description, fixes };
}
