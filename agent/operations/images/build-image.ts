// Builds an image from its recipe, with progress. Requested by users, and by the agent itself when a new host starts.
import { defineOperation } from '../define-operation.ts';

export const buildImageOperation = defineOperation({
  kind: 'image.build',
  allow: () => null,
  subject: (_target, { name }) => ({ imageName: name }),
  cancellable: true,
  // Images of recipes belong to the host.
  run: ({ services: { budget, images }, input: { name }, operation }) =>
    budget.write({ owner: null, subject: name, folders: images.folders, signal: operation.signal }, ({ signal }) =>
      images.build(name, signal, ({ step, data, done, total }) => operation.step(step, { done, total }, data)),
    ),
});
