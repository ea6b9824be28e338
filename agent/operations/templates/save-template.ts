// Creates a template, or replaces the text of one. Whoever saves says which version they read, so that nobody overwrites what they
// have not seen.
import { readTemplate } from '@tt/client/env-file';
import { type Template, TtError } from '@tt/protocol';
import type { TemplateRecord } from '../../state/records.ts';
import { admitRecords, type RecordServices, textSize } from '../capacity/record-limits.ts';
import { defineOperation, type InputOf } from '../define-operation.ts';
import type { Services } from '../services.ts';

type SaveRequest = Omit<InputOf<'template.save'>, 'operationId'>;

export const saveTemplateOperation = defineOperation({
  kind: 'template.save',
  allow: ({ templates }, caller, { name, replaces }): TemplateRecord | null =>
    replaces === null ? null : templates.toChange(caller, name),
  subject: (_target, { name }) => ({ templateName: name }),
  cancellable: false,
  run: async ({ services, caller, input: { operationId: _id, ...request }, target }) =>
    saveTemplate(services, caller.name, request, target),
});

/** Synchronous: nobody else saves between the look at the version and the writing. */
function saveTemplate(
  services: RecordServices & Pick<Services, 'now'>,
  callerName: string,
  { name, text, replaces, sharedWith }: SaveRequest,
  before: TemplateRecord | null,
): Template {
  const { templates, now } = services;
  readTemplate(text, name);
  const at = now().toISOString();
  const saved = { name, text, changedAt: at, changedBy: callerName };
  if (before === null) {
    templates.mustBeFree(name);
    admitRecords(services, callerName, { templates: 1, textBytes: textSize(text) });
    return templates.put({
      id: crypto.randomUUID(),
      owner: callerName,
      sharedWith: sharedWith ?? 'nobody',
      version: 1,
      createdAt: at,
      ...saved,
    });
  }
  if (before.id !== replaces?.id || before.version !== replaces.version) {
    const { changedBy, version } = before;
    throw new TtError('TEMPLATE_CHANGED', { templateName: name, changedBy, version });
  }
  admitRecords(services, before.owner, { textBytes: textSize(text) - textSize(before.text) });
  return templates.put({
    ...before,
    ...saved,
    version: before.version + 1,
    sharedWith: sharedWith ?? before.sharedWith,
  });
}
