// Guest setup: what a VM gets at its first boot (by a NoCloud seed, which cloud-init and TT's tiny image read), and its result.
import { z } from 'zod';
import { errorRecordSchema } from '../errors.ts';
import { openTerm } from '../terms/index.ts';
import { foreignLog } from '../terms/text-kinds.ts';
import { leftOut, timestamp } from './common.ts';

/** A host name by RFC 1123. */
const hostname = z
  .string()
  .regex(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/)
  .describe(
    'Letters, digits and -, at most 63. Several VMs get -1, -2, ... appended. Default: derived from the image’s name.',
  );
const userName = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,31}$/)
  .describe('Created if it does not exist; can become root. Default: the image’s own login, else tt.');
const publicKey = z
  .string()
  .max(4096)
  .regex(/^(ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+( [^\n]*)?$/)
  .describe('One line of an authorized_keys file.');

export const cloudInitFileSchema = z.strictObject({
  path: z
    .string()
    .max(512)
    .regex(/^\/[^\n\0]*[^/\n\0]$/)
    .describe('Absolute, inside the guest; its folders are created.'),
  content: z.string().max(65_536),
  encoding: z.enum(['text', 'base64']).optional().describe('Of `content`; default text.'),
  mode: z
    .string()
    .regex(/^0?[0-7]{3}$/)
    .optional()
    .describe('Octal; default 0644.'),
});

/** The setup of the guest. `{}` sets its name, a user with the ENV’s key, and its network. */
export const cloudInitSpecSchema = z.strictObject({
  hostname: hostname.optional(),
  user: userName.optional(),
  password: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[^\n:]+$/)
    .optional()
    .describe('Of that user, for the console; SSH uses the key.'),
  sshKeys: z.array(publicKey).max(32).optional().describe('Besides the ENV’s own key.'),
  files: z.array(cloudInitFileSchema).max(32).optional(),
  commands: z
    .array(z.string().min(1).max(16_384))
    .max(64)
    .optional()
    .describe('Run by sh as root, one after the other, until one fails.'),
});
export type CloudInitSpec = z.infer<typeof cloudInitSpecSchema>;

export const cloudInitSchema = z.object({
  user: z.string(),
  hasPassword: z.boolean(),
  commands: z.array(z.string()).optional().describe('Only for its owner and administrators.'),
  filePaths: z.array(z.string()).optional().describe('Only for its owner and administrators.'),
  leftOut,
});
export type CloudInit = z.infer<typeof cloudInitSchema>;

export const provisioningStateSchema = z
  .enum(['none', 'waiting', 'running', 'done', 'failed', 'unknown'])
  .describe(
    'none: no setup was requested. waiting: the guest has not answered yet. unknown: it has no guest agent, or reports nothing about its setup.',
  );
export type ProvisioningState = z.infer<typeof provisioningStateSchema>;

export const provisioningSchema = z
  .object({
    state: provisioningStateSchema,
    detail: openTerm('provisioning').describe(
      'A code of the terms `provisioning`; empty when there is nothing to say.',
    ),
    detailData: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .default({})
      .describe('Fields of the words for it.'),
    failure: errorRecordSchema.nullable(),
    logTail: z
      .array(foreignLog)
      .optional()
      .describe('The last lines of output of the setup, oldest first. Only for its owner and administrators.'),
    at: timestamp.nullable().describe('When the guest reported it.'),
  })
  .describe('What the guest reports about its setup.');
export type Provisioning = z.infer<typeof provisioningSchema>;

/** A VM without guest setup. */
export const NO_PROVISIONING: Provisioning = {
  state: 'none',
  detail: '',
  detailData: {},
  failure: null,
  logTail: [],
  at: null,
};
