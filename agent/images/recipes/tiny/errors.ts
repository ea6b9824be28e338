// The error of the tiny recipe. The image service converts it to the coded error IMAGE_BUILD_FAILED.

import type { OperationStep, Reason, StepCode, TermCode } from '@tt/protocol';
import { BuildError } from '../../build-error.ts';

/** A failed build. `step` is what it was doing. */
export class TinyBuildError extends BuildError {
  override readonly name = 'TinyBuildError';
  readonly step: StepCode;
  /** Fields of the words for the step. */
  readonly stepData: OperationStep['data'];

  constructor(details: {
    step: StepCode;
    stepData?: OperationStep['data'];
    reason: Reason;
    advice: TermCode<'advice'>;
    cause?: unknown;
  }) {
    super(details.reason, details.advice, { cause: details.cause });
    this.step = details.step;
    this.stepData = details.stepData ?? {};
  }
}
