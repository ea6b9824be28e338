// Reports failures of plain HTTP with the same coded errors as those of calls.
import { type ErrorRecord, TtError, toErrorRecord } from '@tt/protocol';

/** The JSON body of a failed request. `defined` and `status` are what oRPC's clients look for. */
export function errorBody(error: TtError): ErrorRecord & { defined: true; status: number } {
  return { defined: true, status: error.status, ...toErrorRecord(error) };
}

/** Failures before a call was reached: converts fastify's codes to ours. */
export function fastifyFailure(error: unknown, limitBytes: number, internal: (error: unknown) => TtError): TtError {
  if (error instanceof TtError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new TtError('BODY_TOO_LARGE', { limitBytes });
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    // The client left while it sent the body: nobody reads the answer, and it is no failure of the server.
    case 'ECONNRESET':
      return new TtError('JSON_INVALID', {});
    default:
      return isBadJson(error) ? new TtError('JSON_INVALID', {}) : internal(error);
  }
}

/** secure-json-parse, which fastify uses, throws a SyntaxError with status 400. */
function isBadJson(error: unknown): boolean {
  return error instanceof SyntaxError && 'statusCode' in error && error.statusCode === 400;
}
