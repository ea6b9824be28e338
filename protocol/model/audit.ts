// The audit trail: one entry for each call that changes or opens something, each refusal, each operation and each stream.
import { z } from 'zod';
import { timestamp } from './common.ts';

/** What an entry may name: names and ids, never texts. */
export const auditSubjectFields = [
  'envName',
  'vmName',
  'vmId',
  'snapshotName',
  'imageName',
  'profileName',
  'labName',
  'templateName',
  'terminalName',
  'sessionName',
  'diskName',
  'cdName',
  'newName',
  'userName',
  'teamName',
  'guestUserName',
  'loginId',
  'tokenId',
  'runId',
  'transferId',
  'operationId',
  'taskName',
  'kind',
] as const;
export type AuditSubjectField = (typeof auditSubjectFields)[number];

/** Several names stand in one field, parted by commas. */
const subjectShape = Object.fromEntries(auditSubjectFields.map((field) => [field, z.string().optional()])) as Record<
  AuditSubjectField,
  z.ZodOptional<z.ZodString>
>;

export const auditSubjectSchema = z.object(subjectShape);
export type AuditSubject = z.infer<typeof auditSubjectSchema>;

export const auditOriginSchema = z.object({
  address: z.string().nullable().describe('IP address of who asked, as far as it is known.'),
  userAgent: z.string().describe('How the client describes itself, in visible ASCII.'),
  sessionId: z.string().nullable().describe('The browser session; null: a token was used, or nothing.'),
  tokenId: z.string().nullable().describe('The token, where it has an id.'),
  requestId: z.string().describe('As in the log.'),
});
export type AuditOrigin = z.infer<typeof auditOriginSchema>;

export const auditEntrySchema = z.object({
  id: z.int().positive().describe('Later entries have larger ones.'),
  at: timestamp,
  actor: z
    .enum(['person', 'agent', 'nobody'])
    .describe('agent: its own work, such as the end of a lifetime. nobody: not authenticated.'),
  userName: z.string().nullable().describe('Who asked; null unless `actor` is person.'),
  throughProxy: z.boolean().describe('A proxy is between; it said from where the person asked.'),
  call: z
    .string()
    .describe('The call or operation, `env.delete`; `stream.vnc` and the like for streams; `connection.open`.'),
  phase: z
    .enum(['done', 'begun', 'ended'])
    .describe('done: a call that is over. begun, ended: an operation or a stream, which goes on in between.'),
  result: z.string().describe('`ok`, the code of the error, or `failed` for what has no code.'),
  durationMs: z
    .int()
    .nonnegative()
    .nullable()
    .describe('null: it has begun, or the agent was killed before it ended (AGENT_GONE).'),
  activityId: z.string().nullable().describe('The same for the beginning and the end of an operation or stream.'),
  subject: auditSubjectSchema.describe('Names and ids of what it is about.'),
  count: z.int().positive().describe('More than 1: so many alike since the entry before, which were left out.'),
  origin: auditOriginSchema
    .optional()
    .describe('From where. Absent for readers who neither asked nor are administrators.'),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
