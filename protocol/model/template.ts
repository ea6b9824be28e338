// Templates: ENVs that people keep to start new ones from. A template is the file of an ENV (`env-file.ts`) as somebody wrote it,
// comments included; only the name may be missing, which each new ENV gets when it is created.
import { z } from 'zod';
import { timestamp } from './common.ts';
import { envFileSchema } from './env-file.ts';

/** Characters of the text of one template. */
export const TEMPLATE_TEXT_MAX = 65_536;

export const templateFileSchema = envFileSchema.partial({ name: true });
/** What the text of a template says. */
export type TemplateFile = z.output<typeof templateFileSchema>;

export const templateText = z
  .string()
  .min(1)
  .max(TEMPLATE_TEXT_MAX)
  .describe('YAML: one document, as a file for `tt apply`; `name` may be missing.');

/** Groups of users may be added: readers must not take what they don’t know for `everybody`. */
export const templateSharingSchema = z
  .enum(['nobody', 'everybody'])
  .describe('Who else can see it and start ENVs from it; only its owner and administrators can change it.');
export type TemplateSharing = z.infer<typeof templateSharingSchema>;

export const templateSchema = z.object({
  id: z.string().describe('Stays the same when it is renamed.'),
  name: z.string(),
  owner: z.string(),
  sharedWith: templateSharingSchema,
  version: z.number().int().positive().describe('Grows by one each time its text is replaced.'),
  createdAt: timestamp,
  changedAt: timestamp.describe('When its text was saved last.'),
  changedBy: z.string().describe('Who saved it last.'),
});
export type Template = z.infer<typeof templateSchema>;

export const wholeTemplateSchema = z.object({ template: templateSchema, text: z.string() });
export type WholeTemplate = z.infer<typeof wholeTemplateSchema>;
