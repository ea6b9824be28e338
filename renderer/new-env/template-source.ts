// Where the text of a template that is to be saved comes from: an ENV, the New ENV sheet, or the template as it is.
import type { NewEnvDraft } from './new-env-draft.ts';

export type TemplateSource =
  | { kind: 'env'; envName: string }
  | { kind: 'draft'; draft: NewEnvDraft }
  | { kind: 'template'; name: string };
