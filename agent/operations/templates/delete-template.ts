// Deletes a template. What was created from it stays: nothing refers to a template.
import { defineOperation } from '../define-operation.ts';
import { onTemplate } from './on-template.ts';

export const deleteTemplateOperation = defineOperation({
  kind: 'template.delete',
  ...onTemplate,
  cancellable: false,
  frees: true,
  async run({ services: { templates }, target }) {
    templates.delete(target);
    return { name: target.name };
  },
});
