// Builds an image from its recipe as an operation with progress. Called by the API and by the first start of a private agent.
import type { Image } from '@tt/protocol';
import type { Services } from '../services.ts';

/** `callerName`: who asked for it, and may cancel it; absent when the agent itself did. */
export function buildImage(
  services: Services,
  imageName: string,
  { operationId: id, callerName }: { operationId?: string | undefined; callerName?: string },
): Promise<Image> {
  return services.operations.run({ id, kind: 'image.build', callerName, subject: { imageName } }, (context) =>
    services.images.build(imageName, context.signal, ({ step, done, total }) => context.step(step, { done, total })),
  );
}
