// Reading the audit trail. No call changes it.
import { z } from 'zod';
import { auditEntrySchema } from '../model/audit.ts';
import { timestamp } from '../model/common.ts';
import { call } from './base.ts';

/** The most entries of one page. */
export const MOST_AUDIT_ENTRIES = 500;
export const DEFAULT_AUDIT_ENTRIES = 100;
const exact = z.string().min(1).max(255);
const entryId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

export const auditSearchSchema = z.strictObject({
  userName: exact.optional().describe('Who asked.'),
  call: exact.optional().describe('A call, `env.delete`, or all of one noun, `env`.'),
  envName: exact.optional().describe('About this ENV or what belongs to it.'),
  subject: exact.optional().describe('Any name or id the entry is about.'),
  result: exact.optional().describe('`ok`, the code of an error, or `failed` for all that is not ok.'),
  since: timestamp.optional(),
  until: timestamp.optional().describe('Not later than this.'),
  before: entryId.optional().describe('Older entries than the one with this id, newest first. Default: the newest.'),
  after: entryId.optional().describe('Newer entries than the one with this id, oldest first.'),
  limit: z.coerce.number().int().min(1).max(MOST_AUDIT_ENTRIES).default(DEFAULT_AUDIT_ENTRIES),
});
/** What is looked for, checked. */
export type AuditQuery = z.output<typeof auditSearchSchema>;

export const audit = {
  list: call()
    .route({
      method: 'GET',
      path: '/audit',
      summary: 'Entries of the audit trail: administrators all, others their own and those about their ENVs',
      tags: ['audit'],
    })
    .input(auditSearchSchema.optional())
    .output(
      z.object({
        entries: z.array(auditEntrySchema),
        next: z
          .int()
          .positive()
          .nullable()
          .describe(
            'The `before`, or the `after`, of the next page; null: there is nothing more yet. A page may be empty and still have a next one.',
          ),
        keepDays: z.int().positive().describe('How long entries are kept, unless there are too many.'),
      }),
    ),
};
