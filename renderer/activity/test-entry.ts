// An entry of the audit trail for tests of the history: a call of the ENV demo that is over.
import type { AuditEntry } from '@tt/protocol';

/** So many seconds after ten. */
export const at = (second: number) => new Date(Date.UTC(2026, 10, 30, 10, 0, second)).toISOString();

/** `at` as many seconds as its id, unless `change` says otherwise. */
export const entry = (id: number, change: Partial<AuditEntry> = {}): AuditEntry => ({
  id,
  at: at(id),
  actor: 'person',
  userName: 'ann',
  throughProxy: false,
  call: 'env.start',
  phase: 'done',
  result: 'ok',
  durationMs: 0,
  activityId: null,
  subject: { envName: 'demo' },
  count: 1,
  ...change,
});
