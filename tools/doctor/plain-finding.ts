// Findings of the checks of a checkout: English texts, without codes, since only developers read them.
import { type Finding, type Fix, fixText } from '../../agent/doctor/check.ts';

export function found(description: string): Finding {
  return { passed: true, description, fixes: [] };
}

/** Not there, but it works without. */
export function optional(description: string, ...fixes: Fix[]): Finding {
  return { passed: 'optional', description, fixes: fixes.map(fixText) };
}

/** It does not work without. */
export function needed(description: string, ...fixes: Fix[]): Finding {
  return { passed: false, description, fixes: fixes.map(fixText) };
}
