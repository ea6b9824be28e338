// Builds an image from its recipe as an operation with progress. Called by the API and by the first start of a private agent.
import type { Image } from '@tt/protocol';
import type { Services } from './services.ts';

export function buildImage(services: Services, imageName: string, operationId?: string): Promise<Image> {
  return services.operations.run({ id: operationId, kind: 'image.build', subject: { imageName } }, (context) =>
    services.images.build(imageName, context.signal, ({ step, done, total }) => context.step(step, { done, total })),
  );
}
