// A failed build, with what to do about it. Thrown by recipes; build-failure.ts converts it to the coded error.
import type { Reason, TermCode } from '@tt/protocol';
import { ReasonError } from '../host/reason-error.ts';

export class BuildError extends ReasonError {
  readonly advice: TermCode<'advice'>;

  constructor(reason: Reason, advice: TermCode<'advice'>, options: { cause?: unknown } = {}) {
    super(reason, options);
    this.advice = advice;
  }
}
