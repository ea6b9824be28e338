// Why a recipe failed, as an error of the contract: at which step, and what to do.
import { TtError } from '@tt/protocol';
import type { StepProgress } from './recipe.ts';
import { reasonOf } from '../host/reason-error.ts';
import { BuildError } from './build-error.ts';

export function buildFailure(imageName: string, { step, data = {} }: StepProgress, error: unknown): TtError {
  const advice = error instanceof BuildError ? error.advice : 'runDoctor';
  const reason = reasonOf(error);
  return new TtError('IMAGE_BUILD_FAILED', { imageName, step, stepData: data, reason, advice }, { cause: error });
}
