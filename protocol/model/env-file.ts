// An ENV as a file that people keep: what `env.create` takes, without what only the call is about. A key that is absent leaves an
// existing ENV as it is in that respect; a new one gets the default.
import { z } from 'zod';
import { NAME_RULE } from '../names.ts';
import { anyName } from './common.ts';
import { envCreateFields, snapshotScheduleSchema, vmGroupSchema } from './env.ts';

export const envFileGroupSchema = vmGroupSchema.extend({
  medium: vmGroupSchema.shape.medium
    .unwrap()
    .nullable()
    .optional()
    .describe('Name of an image of kind iso in the first CD drive; null: the drive is empty.'),
});

export const envFileSchema = z
  .strictObject(envCreateFields)
  // Who it is shared with is said beside the file, which others may use too.
  .omit({ overrideLimit: true, wait: true, cold: true, team: true })
  .extend({
    name: anyName
      .regex(NAME_RULE)
      .describe('Letters, digits, “_”, “.” and “-”, starting with a letter or digit, at most 63 characters.'),
    snapshotSchedule: snapshotScheduleSchema.nullable().optional().describe('Scheduled snapshots; null: none.'),
    groups: z
      .array(envFileGroupSchema)
      .max(100)
      .optional()
      .describe('Its VMs, all of them: others are removed. Absent: the VMs stay as they are. A new ENV needs a group.'),
  });

/** As it is written. */
export type EnvFileText = z.input<typeof envFileSchema>;
/** As it is read, with `copies` filled in. */
export type EnvFile = z.output<typeof envFileSchema>;
export type EnvFileGroup = z.output<typeof envFileGroupSchema>;
