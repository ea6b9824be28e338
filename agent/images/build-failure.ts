// Why a recipe made no image, in the words of the contract: at which step, and what to do.
import { TtError } from '@tt/protocol';
import type { StepProgress } from './recipe.ts';

export function buildFailure(imageName: string, { step, data = {} }: StepProgress, error: unknown): TtError {
  const reason = error instanceof Error ? error.message : String(error);
  const advice =
    error instanceof Error && 'fix' in error && typeof error.fix === 'string'
      ? error.fix
      : 'Run "npm run doctor" on the host, then build it again.';
  return new TtError('IMAGE_BUILD_FAILED', { imageName, step, stepData: data, reason, advice }, { cause: error });
}
