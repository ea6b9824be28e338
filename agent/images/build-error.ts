// A build that failed, with what somebody can do about it. Recipes throw it; build-failure.ts makes the coded error of it.
import type { Reason, TermCode } from '@tt/protocol';
import { ReasonError } from '../host/reason-error.ts';

export class BuildError extends ReasonError {
  readonly advice: TermCode<'advice'>;

  constructor(reason: Reason, advice: TermCode<'advice'>, options: { cause?: unknown } = {}) {
    super(reason, options);
    this.advice = advice;
  }
}
