// What the audit trail tells Prometheus about itself.
import type { Family } from './text-format.ts';

/** Entries since the agent started. */
export function auditFamilies(written: number, lost: number): Family[] {
  const counter = (name: string, help: string, value: number): Family => ({
    type: 'counter',
    name,
    help,
    samples: [{ value }],
  });
  return [
    counter('tt_audit_entries_total', 'Entries written to the audit trail since the start.', written),
    counter('tt_audit_lost_total', 'Entries lost, as the audit trail could not be written.', lost),
  ];
}
