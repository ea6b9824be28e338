// Runs all checks in parallel, each with a time limit, and keeps their order. A check that fails or hangs is itself a result, so
// the doctor always answers.
import { quoted, reason } from '@tt/protocol';
import { type Check, type CheckResult, finding, type Finding } from './check.ts';
import type { Machine } from './machine.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

export function runChecks(checks: readonly Check[], machine: Machine): Promise<CheckResult[]> {
  return Promise.all(checks.map(async (check) => ({ name: check.name, ...(await runCheck(check, machine)) })));
}

async function runCheck(check: Check, machine: Machine): Promise<Finding> {
  const timeoutMs = check.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const abort = new AbortController();
  const passed = check.isOptional ? 'optional' : false;
  const { promise: tooLate, resolve } = Promise.withResolvers<Finding>();
  const timer = setTimeout(() => {
    resolve(finding(passed, reason('finding.late', { seconds: timeoutMs / 1000 })));
    abort.abort(new Error('the time is up'));
  }, timeoutMs);
  try {
    return await Promise.race([check.look(machine, abort.signal), tooLate]);
  } catch (error) {
    return finding(passed, quoted('finding.uncheckable', error instanceof Error ? error.message : String(error)));
  } finally {
    clearTimeout(timer);
  }
}

/** True if everything that is required exists. */
export function canStart(results: readonly CheckResult[]): boolean {
  return results.every(({ passed }) => passed !== false);
}
