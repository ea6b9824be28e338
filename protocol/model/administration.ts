// What administrators see of a server: findings of its doctor, storage, networks, its log, the last hour, its certificate and version.
import { z } from 'zod';
import { reasonSchema } from '../terms/reason.ts';
import { foreignText } from '../terms/text-kinds.ts';
import { timestamp } from './common.ts';
import { netKindSchema } from './network.ts';

const count = z.int().nonnegative();
/** Of a list that is cut: how many more there are. */
const leftOutCount = count.describe('How many more there are: the list is cut.');

export const findingSchema = z.object({
  name: z.string().describe('What was checked, in one word or two; unique. Its words are in `checkTerms`.'),
  state: z
    .enum(['ok', 'warning', 'failed'])
    .describe('warning: the agent works without it. failed: it does not, or VMs would not.'),
  description: foreignText,
  fixes: z.array(foreignText).describe('What to do, each a command or a sentence; empty if there is nothing to do.'),
  codes: z
    .array(reasonSchema)
    .optional()
    .describe('The description as clauses with codes, for other languages; absent from older agents.'),
  fixCodes: z
    .array(reasonSchema.nullable())
    .optional()
    .describe('The code of each of `fixes`; null for a command, which is the same in every language.'),
});
export type HostFinding = z.infer<typeof findingSchema>;

/** How long findings are good: all who ask meanwhile share one run. Who wants newer ones gets them this often. */
export const FINDINGS_AGE_S = 60;
export const FINDINGS_LEAST_AGE_S = 10;
/** Findings are those of `tt-agent doctor`, in its order. Their texts are English; `codes` and `fixCodes` say the same in any language. */
export const findingsSchema = z.object({
  at: timestamp.describe('When they were found: several who ask share one run.'),
  findings: z.array(findingSchema),
});
export type HostFindings = z.infer<typeof findingsSchema>;

export const userStorageSchema = z.object({
  userName: z.string(),
  diskMiB: count.describe('Disks of VMs as they are now.'),
  snapshotMiB: count.describe('What snapshots hold beside that: disks and memory.'),
  imageMiB: count,
  transferMiB: count,
  totalMiB: count.describe('All of them together.'),
  limitMiB: count.nullable().describe('By quota (storedMiB); null is no limit.'),
});

/** Most users of one answer. */
export const MOST_STORAGE_USERS = 500;
export const storageReportSchema = z.object({
  description: z.string().describe('The driver and where the disks are.'),
  directory: z.string().describe('Of disks.'),
  stateDirectory: z.string(),
  totalMiB: count.describe('Of the file system or pool with the disks.'),
  freeMiB: count,
  usableMiB: count.describe(
    'What one more write may take: free, less the reserve for guests and uploads that are to come.',
  ),
  allocatedMiB: count.describe('Sizes of disks, which is what they may grow to.'),
  allocatableMiB: count,
  measuredAt: timestamp.nullable().describe('When disks of VMs were measured last; null: not yet.'),
  users: z.array(userStorageSchema).max(MOST_STORAGE_USERS).describe('Who stores something, most first.'),
  leftOut: leftOutCount,
});
export type StorageReport = z.infer<typeof storageReportSchema>;

/** Most networks of one answer. */
export const MOST_ENV_NETWORKS = 1000;
export const networkReportSchema = z.object({
  kinds: z.array(
    z.object({
      kind: netKindSchema,
      problem: reasonSchema.nullable().describe('Why it can’t be used; null when it can.'),
      isDefault: z.boolean(),
      pool: z.string().nullable().describe('What networks of ENVs are cut from, a CIDR; null: it has none.'),
      addressesLeft: count.nullable().describe('Of the pool, those that belong to no network of an ENV.'),
    }),
  ),
  networks: z
    .array(
      z.object({
        envName: z.string(),
        kind: netKindSchema,
        bridge: z.string().nullable().describe('On the host; null: it needs none.'),
        cidr: z.string().nullable(),
        isFenced: z.boolean().describe('It has the addresses of another ENV, and leads nowhere.'),
        nics: count.describe('NICs of its VMs.'),
        leases: count.describe('NICs with an address, which the DHCP server of the network answers.'),
        addressesLeft: count.nullable().describe('Null: it has no block of addresses.'),
      }),
    )
    .max(MOST_ENV_NETWORKS),
  leftOut: leftOutCount,
});
export type NetworkReport = z.infer<typeof networkReportSchema>;

/** Points of one answer: an hour. */
export const HOUR_POINTS = 240;
export const HOUR_PERIOD_S = 15;
const unknownAmount = z.number().nonnegative().nullable();
export const hourPointSchema = z.object({
  at: timestamp.describe('The end of its period.'),
  cpuPercent: unknownAmount.describe('Of all processors of the host together, 0 to 100.'),
  memoryUsedMiB: count.describe('Of the host: what could not be had without swapping.'),
  diskFreeMiB: count.describe('Of the file system or pool with the disks.'),
  runningVms: count,
  vmCpuPercent: unknownAmount.describe('Of VMs together, in percent of one processor; null: nothing was measured.'),
  vmMemoryMiB: unknownAmount,
  calls: count.describe('That ended within the period.'),
  failedCalls: count.describe('Of these, with an error, also those that were refused.'),
  callMeanMs: unknownAmount.describe('Null without calls.'),
  callP95Ms: unknownAmount.describe('95 of 100 took at most this; within an eighth.'),
  agentCpuPercent: unknownAmount.describe('Of one processor.'),
  agentMemoryMiB: count,
});
export type HourPoint = z.infer<typeof hourPointSchema>;

export const hourSchema = z.object({
  periodS: z.number().positive(),
  memoryTotalMiB: count,
  cpuCount: count,
  points: z.array(hourPointSchema).max(HOUR_POINTS).describe('Oldest first; empty at the start of the agent.'),
});
export type Hour = z.infer<typeof hourSchema>;

export const logLevelSchema = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);
export type LogLevelName = z.infer<typeof logLevelSchema>;

/** Most lines of one answer, and how many an agent holds. */
export const MOST_LOG_LINES = 1000;
export const HELD_LOG_LINES = 2000;
export const logQuerySchema = z.strictObject({
  level: logLevelSchema.default('trace').describe('Not lower than this. Lines below `log.level` are never written.'),
  text: z.string().max(200).default('').describe('Only lines with this in them, capital or not.'),
  after: z.coerce.number().int().nonnegative().optional().describe('`next` of an earlier answer: what came since.'),
  limit: z.coerce.number().int().min(1).max(MOST_LOG_LINES).default(200),
});
export type LogQuery = z.infer<typeof logQuerySchema>;

export const logLineSchema = z.object({
  id: z.int().positive().describe('Later lines have larger ones, also after a restart of the agent.'),
  at: timestamp,
  level: logLevelSchema,
  message: foreignText,
  details: foreignText,
});
/** As the log has it: without secrets, and with control characters escaped. `details`: the other fields as JSON, or ''. */
export type LogLine = z.infer<typeof logLineSchema>;

export const logTailSchema = z.object({
  lines: z.array(logLineSchema).max(MOST_LOG_LINES).describe('Oldest first: the newest, or with `after` the next.'),
  next: z.int().nonnegative().describe('To ask for what comes after these.'),
  isGap: z.boolean().describe('Lines between `after` and the first of these are held no more.'),
});
export type LogTailAnswer = z.infer<typeof logTailSchema>;

export const certificateSchema = z.object({
  origin: z
    .enum(['own', 'administrator'])
    .describe('own: made by the agent, signed by its own authority. administrator: from files.'),
  subject: z.string(),
  issuer: z.string(),
  names: z.array(z.string()).describe('Host names, addresses and roles in it.'),
  fingerprint: z.string().describe('SHA-256 of the certificate, 64 hexadecimal digits.'),
  authorityFingerprint: z
    .string()
    .nullable()
    .describe('What clients have pinned; null if the chain ends at an authority that is not in the file.'),
  validFrom: timestamp,
  validTo: timestamp,
  renewAt: timestamp.nullable().describe('When the agent replaces it; null: the administrator does.'),
  files: z.array(z.string()).describe('Of the administrator.'),
});
export type ServerCertificate = z.infer<typeof certificateSchema>;

export const versionReportSchema = z.object({
  version: z.string().describe('Of the agent that runs.'),
  node: z.string(),
  pid: z.int().positive(),
  startedAt: timestamp,
  program: z.string().describe('The file it was started from.'),
  configFile: z.string().nullable().describe('null: flags and defaults.'),
  stateSchema: z.int().positive().describe('A TT with a lower one refuses this state folder.'),
  installed: z
    .string()
    .nullable()
    .describe('The version that is on the disk now and runs after a restart; null: its list of changes can’t be read.'),
  changes: z
    .array(z.object({ version: z.string(), text: z.string() }))
    .describe('Of the installed program, newest first: versions that are newer than the one that runs, and that one.'),
});
export type VersionReport = z.infer<typeof versionReportSchema>;
