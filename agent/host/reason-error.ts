// Failures whose reason is a code, and the conversion of any failure to a reason.
import { asReason, quoted, type Reason, reason, reasonText, terms, TtError } from '@tt/protocol';
import { CodedError } from './coded-error.ts';
import { RunError } from './run-command.ts';

/** A failure whose reason becomes part of an error of the contract. */
export class ReasonError extends Error {
  readonly reason: Reason;

  constructor(why: Reason, options: { cause?: unknown } = {}) {
    super(reasonText(why, terms), { cause: options.cause });
    this.reason = why;
  }
}

/** Why something failed: the code if it has one; otherwise its message as a quote. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof ReasonError || error instanceof CodedError) return error.reason;
  if (error instanceof TtError) {
    const own = 'reason' in error.data ? asReason(error.data.reason) : null;
    return own ?? quoted('reported', error.message);
  }
  if (error instanceof RunError) {
    const { command, notFound, stderr, message } = error;
    return notFound ? reason('commandMissing', { command }) : quoted('reported', stderr.trim() || message);
  }
  return quoted('reported', error instanceof Error ? error.message : String(error));
}
