// Waits for images that are still being built, instead of refusing a request that needs them: a request made while a new host
// starts up is executed as soon as its image is ready.
import { TtError } from '@tt/protocol';
import type { StepProgress } from '../../images/recipe.ts';
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

/** The context of an operation that makes an image: whoever waits for the image sees its progress. */
export function shownToWaiters(context: OperationContext, report: (progress: StepProgress) => void): OperationContext {
  return {
    ...context,
    step(code, progress, data) {
      context.step(code, progress, data);
      if (progress) report({ step: code, ...progress, ...(data && { data }) });
    },
  };
}

function isBeingBuilt(error: unknown): error is TtError<'IMAGE_NOT_READY'> {
  if (!(error instanceof TtError) || error.code !== 'IMAGE_NOT_READY') return false;
  return (error as TtError<'IMAGE_NOT_READY'>).data.state === 'building';
}
