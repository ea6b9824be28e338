// For operations on a template that the caller may change: its owner and administrators.
import type { TemplateRecord } from '../../state/records.ts';
import type { Caller } from '../caller.ts';
import type { Services } from '../services.ts';

export const onTemplate = {
  allow: ({ templates }: Pick<Services, 'templates'>, caller: Caller, { name }: { name: string }): TemplateRecord =>
    templates.toChange(caller, name),
  subject: ({ name }: TemplateRecord) => ({ templateName: name }),
};
