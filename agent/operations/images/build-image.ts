// Builds an image from its recipe, with progress. Requested by users, and by the agent itself when a new host starts.
import { defineOperation } from '../define-operation.ts';

export const buildImageOperation = defineOperation({
  kind: 'image.build',
  allow: () => null,
  subject: (_target, { name }) => ({ imageName: name }),
  cancellable: true,
  run: ({ services: { images }, input, operation }) =>
    images.build(input.name, operation.signal, ({ step, data, done, total }) =>
      operation.step(step, { done, total }, data),
    ),
});
