// The one error of the tiny recipe. The image service catches it and maps it to the coded error IMAGE_BUILD_FAILED.

import type { OperationStep, StepCode } from '@tt/protocol';

/** A build that stopped. `step` is what it was doing, `fix` one sentence on what the user can do about it. */
export class TinyBuildError extends Error {
  override readonly name = 'TinyBuildError';
  readonly step: StepCode;
  /** Fields of the words for the step. */
  readonly stepData: OperationStep['data'];
  readonly fix: string;

  constructor(details: {
    step: StepCode;
    stepData?: OperationStep['data'];
    message: string;
    fix: string;
    cause?: unknown;
  }) {
    super(details.message, { cause: details.cause });
    this.step = details.step;
    this.stepData = details.stepData ?? {};
    this.fix = details.fix;
  }
}
