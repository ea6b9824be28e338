// A failure of a driver: a stable code for programs, a message for people.
import type { Reason } from '@tt/protocol';

export abstract class CodedError<Code extends string> extends Error {
  readonly code: Code;
  /** For errors that clients see: the code has words in each language, and the message follows them as a quote. */
  abstract readonly reason: Reason;

  constructor(code: Code, message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
  }
}
