// Reading the audit trail: administrators all of it, others what they did and what was done to their ENVs.
import { type AuditEntry, type AuditQuery, DEFAULT_AUDIT_ENTRIES } from '@tt/protocol';
import { auditEntryForOthers } from '../access/for-others.ts';
import type { Reader } from '../access/owners.ts';
import type { StoredEntry } from '../audit/audit-database.ts';
import { api } from './context.ts';

export const auditApi = {
  list: api.audit.list.handler(({ input, context: { services, caller } }) => {
    const { since, until, ...search }: AuditQuery = input ?? { limit: DEFAULT_AUDIT_ENTRIES };
    const { entries, next } = services.audit.page({
      ...search,
      ...(since !== undefined && { since: Date.parse(since) }),
      ...(until !== undefined && { until: Date.parse(until) }),
      ...(caller.role !== 'admin' && { reader: caller.name }),
    });
    return { entries: entries.map((entry) => entryFor(caller, entry)), next, keepDays: services.audit.keepDays };
  }),
};

function entryFor(reader: Reader, { readerName, envOwner: _envOwner, ...entry }: StoredEntry): AuditEntry {
  return reader.role === 'admin' || readerName === reader.name ? entry : auditEntryForOthers(entry);
}
