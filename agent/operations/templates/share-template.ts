// Shares a template, or makes it private. Who does not see it any more is told that it is gone.
import { defineOperation } from '../define-operation.ts';
import { onTemplate } from './on-template.ts';

export const shareTemplateOperation = defineOperation({
  kind: 'template.share',
  ...onTemplate,
  cancellable: false,
  run: async ({ services: { templates }, target, input: { sharedWith } }) => templates.put({ ...target, sharedWith }),
});
