// Turns anything a link throws into a TtError, so that callers see only codes of the error table.
import { type ErrorData, isErrorCode, TtError } from '@tt/protocol';

/** A failure as received: oRPC's error shape, not trusted. */
interface WireError {
  code: string;
  data: unknown;
}

/** A failure as a TtError. `gone` is thrown if it is not one of ours, because then the link broke. */
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
