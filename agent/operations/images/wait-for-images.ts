// Waits for images that are still being built, instead of refusing a request that needs them: a request made while a new host
// starts up is executed as soon as its image is ready.
import { TtError } from '@tt/protocol';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';

/**
 * Repeats `check` until no image it needs is being built, and shows the progress of each build it waits for. Rejects with what
 * `check` throws, with the failure of such a build, or with OPERATION_CANCELLED. `wait: false`: rejects with IMAGE_NOT_READY
 * instead of waiting.
 */
export async function waitForImages<Result>(
  { images }: Pick<Services, 'images'>,
  wait: boolean,
  context: Pick<OperationContext, 'signal' | 'step'>,
  check: () => Result,
): Promise<Result> {
  for (;;) {
    try {
      return check();
    } catch (error) {
      if (!wait || !isBeingBuilt(error)) throw error;
      const image = error.data.imageName;
      context.step('waitingForImage', undefined, { image });
      await images.made(image, context.signal, ({ done, total }) =>
        context.step('waitingForImage', { done, total }, { image }),
      );
    }
  }
}

function isBeingBuilt(error: unknown): error is TtError<'IMAGE_NOT_READY'> {
  if (!(error instanceof TtError) || error.code !== 'IMAGE_NOT_READY') return false;
  return (error as TtError<'IMAGE_NOT_READY'>).data.state === 'building';
}
