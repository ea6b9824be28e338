// A run: one command on machines of one ENV, side by side. What each of them printed is kept on the host that has the ENV, and read
// by streams (`run.output`).
import { z } from 'zod';
import { errorRecordSchema } from '../errors.ts';
import { timestamp, vmId } from './common.ts';
import { MOST_COMMAND_BYTES, MOST_ENVIRONMENT_BYTES, MOST_SCRIPT_BYTES, MOST_TITLE } from './run-limits.ts';
import { transferId } from './transfer.ts';

export const runId = z.uuid();

/** In UTF-8, each with one byte behind it. */
function bytesOf(texts: readonly string[]): number {
  let bytes = 0;
  for (const text of texts) {
    for (const character of text) {
      const code = character.codePointAt(0) ?? 0;
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    bytes++;
  }
  return bytes;
}

/** No argument of a program can hold a zero character. */
const argument = z
  .string()
  .max(MOST_COMMAND_BYTES)
  .regex(/^[^\0]*$/, 'must not contain a zero character');
const fits = (texts: readonly string[]) => bytesOf(texts) <= MOST_COMMAND_BYTES;
const tooLong = `must not be longer than ${MOST_COMMAND_BYTES / 1024} KiB`;

export const argvSchema = z
  .array(argument)
  .min(1)
  .max(1024)
  .refine(([program = '']) => program !== '', 'must begin with the name of a program')
  .refine(fits, tooLong);

const interpreter = argvSchema
  .optional()
  .describe('The program that runs it, with arguments. Default: the one its first line names by `#!`, or /bin/sh.');

const commandShape = {
  argv: argvSchema.optional().describe('The program (a path, or found by the guest’s PATH) and its arguments.'),
  script: z.strictObject({ text: argument.min(1).refine((text) => fits([text]), tooLong), interpreter }).optional(),
};

export const runCommandSchema = z
  .strictObject(commandShape)
  .refine(({ argv, script }) => (argv === undefined) !== (script === undefined), 'must have either argv or script')
  .describe('What is run: a program with its arguments, or a script.');
export type RunCommand = z.infer<typeof runCommandSchema>;

export const newRunCommandSchema = z
  .strictObject({
    ...commandShape,
    uploadedScript: z
      .strictObject({ transferId, interpreter })
      .optional()
      .describe(
        `In place of a script with more than ${MOST_COMMAND_BYTES / 1024} KiB: an upload with its text in UTF-8, up to ${MOST_SCRIPT_BYTES / 1024 ** 2} MiB. It is used up.`,
      ),
  })
  .refine(
    ({ argv, script, uploadedScript }) =>
      [argv, script, uploadedScript].filter((one) => one !== undefined).length === 1,
    'must have either argv or script, or uploadedScript',
  )
  .describe('What is run: a program with its arguments, or a script.');
export type NewRunCommand = z.infer<typeof newRunCommandSchema>;

export const environmentSchema = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), argument)
  .refine(
    (values) => bytesOf(Object.entries(values).flat()) <= MOST_ENVIRONMENT_BYTES,
    `must not be longer than ${MOST_ENVIRONMENT_BYTES / 1024} KiB`,
  );

export const guestUser = z
  .string()
  .regex(/^[^\0:]{1,64}$/)
  .describe('Name or number in the guest. Default: root; over SSH the user of its setup, the only one there.');
export const guestFolder = z
  .string()
  .max(1024)
  .regex(/^\/[^\0]*$/, 'must be an absolute path')
  .describe('Default: the home folder of the user.');

export const runVmStateSchema = z
  .enum(['waiting', 'running', 'exited', 'timedOut', 'cancelled', 'unreachable', 'lost'])
  .describe(
    'waiting: its guest has not answered yet, or others come first. exited: the command ended by itself, or its guest refused to start it (`failure` says why; `exitCode` is 127 or 126, as of shells). unreachable: its guest could not be asked. lost: nobody knows how it ended; the machine was stopped, reset, reverted or deleted, or the agent ended.',
  );
export type RunVmState = z.infer<typeof runVmStateSchema>;

export const runViaSchema = z
  .enum(['guestChannel', 'ssh'])
  .describe(
    'guestChannel: by the guest helper, over a port of the machine’s own. ssh: over SSH with the key of the ENV, as the user of the setup.',
  );
export type RunVia = z.infer<typeof runViaSchema>;

const byteCount = z.number().int().nonnegative();
const outputSchema = z.object({
  bytes: byteCount.describe('What the command has printed.'),
  keptBytes: byteCount.describe('The first of them, which can be read.'),
});

export const runVmSchema = z.object({
  vmId,
  vmName: z.string(),
  os: z.string().describe('The second part of the name of its image.'),
  state: runVmStateSchema,
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable().describe('The signal that ended it, like SIGTERM.'),
  startedAt: timestamp.nullable(),
  endedAt: timestamp.nullable(),
  via: z
    .enum(['helper', 'guestAgent', 'ssh'])
    .optional()
    .describe(
      'How its guest was reached: by the guest helper, by the QEMU guest agent alone, which is slower and knows less, or over SSH. Absent before it has started.',
    ),
  stdout: outputSchema,
  stderr: outputSchema,
  isCut: z.boolean().describe('Some of its output was not kept: it was too much, or the disk of the host is full.'),
  failure: errorRecordSchema.nullable(),
});
export type RunVm = z.infer<typeof runVmSchema>;

export const runCountsSchema = z.object({
  waiting: byteCount,
  running: byteCount,
  succeeded: byteCount.describe('Exited with 0.'),
  failed: byteCount.describe('Exited otherwise.'),
  timedOut: byteCount,
  cancelled: byteCount,
  unreachable: byteCount,
  lost: byteCount,
});
export type RunCounts = z.infer<typeof runCountsSchema>;

export const runSchema = z.object({
  id: runId,
  envName: z.string(),
  startedBy: z.string().describe('Name of the user.'),
  title: z
    .string()
    .optional()
    .describe(
      `The beginning of the command, at most ${MOST_TITLE} characters. Absent for readers who do not own the ENV.`,
    ),
  state: z.enum(['running', 'ended']),
  counts: runCountsSchema.describe('Of its machines.'),
  via: runViaSchema.optional().describe('Absent in runs of an older agent: guestChannel.'),
  timeoutMs: z.number().int(),
  startedAt: timestamp,
  endedAt: timestamp.nullable(),
});
export type Run = z.infer<typeof runSchema>;
