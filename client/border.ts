// What every server of the contract (agent, proxy, desktop main) does at its border: failures leave as codes of the error table,
// without internal details.
import { ORPCError, ValidationError } from '@orpc/server';
import { isErrorCode, TtError } from '@tt/protocol';
import { toWireError } from './relay.ts';

export interface Border {
  /** Names the request in INTERNAL errors and the log. */
  requestId: string;
  /** Called with failures that have no code: bugs of the program. */
  onInternal: (error: unknown, requestId: string) => void;
}

/** Converts any failure of a call to the error that is sent. */
export function atBorder(error: unknown, border: Border): ORPCError<string, unknown> {
  if (error instanceof TtError) return toWireError(error);
  const invalid = invalidInput(error);
  if (invalid) return toWireError(invalid);
  // A relay has turned it into its wire form already.
  if (error instanceof ORPCError && isErrorCode(error.code)) return error;
  border.onInternal(error, border.requestId);
  return toWireError(new TtError('INTERNAL', { requestId: border.requestId }));
}

/** oRPC answers BAD_REQUEST with the schema's findings as its cause; every finding names its field. */
function invalidInput(error: unknown): TtError | null {
  if (!(error instanceof ORPCError) || error.code !== 'BAD_REQUEST') return null;
  const found = error.cause instanceof ValidationError ? error.cause.issues : [];
  const issues = found.map(({ path, message }) => ({
    path: (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    message,
  }));
  const summary = issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return new TtError('INPUT_INVALID', { summary: summary || error.message, issues }, { cause: error });
}
