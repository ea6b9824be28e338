// A compatibility check as a file: on which systems which commands run, and what is kept of them. Machines are spelled as in files of
// ENVs.
import { z } from 'zod';
import { port } from './common.ts';
import { envFileGroupSchema, envFileSchema } from './env-file.ts';
import { guestPathSchema, guestUserSchema } from './guest-file.ts';
import { MOST_COMMAND_BYTES } from './run-limits.ts';

const timeLimitS = z.number().int().min(1).max(86_400);

/** What runs in a guest: exactly one of `run` and `command`, which a schema for editors can’t say. */
const workFields = {
  run: z
    .string()
    .min(1)
    .max(MOST_COMMAND_BYTES)
    .optional()
    .describe('Lines for the shell of the guest, up to 40 KiB. Either this or `command`.'),
  command: z
    .array(z.string().max(16_384))
    .min(1)
    .max(256)
    .optional()
    .describe('A program and its arguments, without a shell. Either this or `run`.'),
  user: guestUserSchema.optional().describe('Who runs it in the guest. Default: root.'),
  directory: z
    .string()
    .max(1024)
    .regex(/^\/[^\0]*$/, 'must be an absolute path')
    .optional()
    .describe('Where it runs. Default: the home of the user.'),
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/), z.string().max(16_384))
    .optional()
    .describe('Variables besides those of the guest.'),
  timeLimitS: timeLimitS.optional().describe('Seconds until it is ended and counts as failed. Default: 600.'),
  retries: z
    .number()
    .int()
    .min(0)
    .max(20)
    .optional()
    .describe('How often it is tried again when it fails. Default: 0.'),
  retryAfterS: z.number().int().min(0).max(3600).optional().describe('Seconds before each further try. Default: 1.'),
};

export const matrixServiceSchema = z
  .strictObject({
    port: port.optional().describe('TCP port of the guest that must accept connections. Either this or `run`.'),
    run: workFields.run.describe('Lines for the shell that must end with 0. Either this or `port`.'),
    timeLimitS: timeLimitS.optional().describe('Seconds until it counts as failed. Default: 120.'),
  })
  .describe('What must be there before something goes on.');

const waitFor = z.array(matrixServiceSchema).max(32).optional();

const overrideSchema = z.strictObject({
  osPrefix: envFileGroupSchema.shape.osPrefix.unwrap().describe('The systems that it is for.'),
  skip: z.boolean().optional().describe('Leave the step out there.'),
  ...workFields,
});

export const matrixArtefactSchema = z.strictObject({
  path: guestPathSchema.describe('A file or folder of the guest, or a pattern with * and ?.'),
  osPrefix: envFileGroupSchema.shape.osPrefix.describe('Only of these systems. Default: of all.'),
  when: z.enum(['always', 'failure']).default('always').describe('failure: only where a step failed.'),
});

const artefacts = z.array(matrixArtefactSchema).max(100).optional();

export const matrixStepSchema = z.strictObject({
  name: z.string().min(1).max(100).describe('A column of the grid; each name once.'),
  ...workFields,
  waitFor: waitFor.describe('Services that must be there before this step.'),
  overrides: z
    .array(overrideSchema)
    .max(100)
    .optional()
    .describe('What is otherwise on some systems; the last that matches counts.'),
  continueOnFailure: z
    .boolean()
    .default(false)
    .describe('Go on with the next step of the machine when this one fails; it has failed all the same.'),
  artefacts: artefacts.describe('What is fetched after this step, whether it failed or not.'),
});
export type MatrixStep = z.output<typeof matrixStepSchema>;

export const matrixFileSchema = z.strictObject({
  name: envFileSchema.shape.name,
  env: envFileSchema
    .pick({ title: true, notes: true, tags: true, lifetimeS: true, denyOutgoing: true, sameUuid: true, vni: true })
    .optional()
    .describe('Settings of the ENV that is created for it.'),
  systems: z
    .array(envFileGroupSchema.extend({ osPrefix: envFileGroupSchema.shape.osPrefix.unwrap() }))
    .min(1)
    .max(100)
    .describe('The rows of the grid, as the groups of an ENV.'),
  guestTimeLimitS: z
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(300)
    .describe('Seconds until a guest that does not answer, as it boots, counts as not reached. Default: 300.'),
  waitFor: waitFor.describe('Services that must be there before the first step.'),
  steps: z
    .array(matrixStepSchema)
    .min(1)
    .max(200)
    .describe('Run on each machine, one after the other, until one fails.'),
  artefacts: artefacts.describe('What is fetched at the end, into a folder for each machine.'),
  snapshotAtFirstFailure: z
    .boolean()
    .default(false)
    .describe('Take a snapshot of the ENV when a step fails for the first time, and keep the ENV.'),
  keepS: z
    .number()
    .int()
    .min(60)
    .max(21_600)
    .default(3600)
    .describe('Seconds that an ENV which is kept exists after the last step; then it is deleted. Default: 3600.'),
  language: z
    .enum(['en', 'zh-CN'])
    .optional()
    .describe('Of the HTML report. Default: that of whoever runs it, if it is one of these.'),
});
export type MatrixService = z.output<typeof matrixServiceSchema>;
export type MatrixArtefact = z.output<typeof matrixArtefactSchema>;
export type MatrixFile = z.output<typeof matrixFileSchema>;
