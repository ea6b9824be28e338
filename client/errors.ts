// Turns anything a link throws into a TtError, so that callers see only codes of the error table.
import { type ErrorData, isErrorCode, TtError } from '@tt/protocol';

/** What the wire carries for a failure: oRPC's error shape, read without trusting it. */
interface WireError {
  code: string;
  data: unknown;
}

/**
 * A failure as a TtError. `gone` is thrown when it is none of ours and so says only that the link broke.
 */
export function toTtError(error: unknown, gone: () => TtError): TtError {
  if (error instanceof TtError) return error;
  if (isWireError(error) && isErrorCode(error.code)) {
    return new TtError(error.code, (error.data ?? {}) as ErrorData<typeof error.code>, { cause: error });
  }
  return gone();
}

function isWireError(error: unknown): error is WireError {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
}
