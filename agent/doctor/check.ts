// The interface of every check of `tt-agent doctor` and `npm run doctor`: it examines one aspect of the machine and returns
// data, never prints.
import type { Machine } from './machine.ts';

export interface Finding {
  /** `optional`: missing, but the agent, or `npm start`, works without it. */
  passed: true | false | 'optional';
  /** What was found, one sentence for people. */
  description: string;
  /** What to do, each a command or a sentence; empty if there is nothing to do. */
  fixes: readonly string[];
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
export function found(description: string): Finding {
  return { passed: true, description, fixes: [] };
}

/** Not there, but it works without. */
export function optional(description: string, ...fixes: string[]): Finding {
  return { passed: 'optional', description, fixes };
}

/** It does not work without. */
export function needed(description: string, ...fixes: string[]): Finding {
  return { passed: false, description, fixes };
}
