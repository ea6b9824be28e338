// Renames a template.
import { defineOperation } from '../define-operation.ts';
import { onTemplate } from './on-template.ts';

export const renameTemplateOperation = defineOperation({
  kind: 'template.rename',
  ...onTemplate,
  cancellable: false,
  async run({ services: { templates }, target, input: { newName } }) {
    templates.mustBeFree(newName);
    return templates.put({ ...target, name: newName });
  },
});
