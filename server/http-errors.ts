// Reports failures of plain HTTP with the same coded errors as those of calls.
import type { IncomingMessage } from 'node:http';
import { type ErrorRecord, TtError, toErrorRecord } from '@tt/protocol';
import type { FastifyRequest } from 'fastify';
import { normalPath } from './request-target.ts';

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

/** A path that cannot be decoded, which fastify detects before any hook. */
export function isBadUrl(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FST_ERR_BAD_URL';
}

export function badUrl(raw: IncomingMessage): TtError {
  try {
    return new TtError('ROUTE_NOT_FOUND', { method: raw.method ?? '', path: normalPath(raw.url ?? '') });
  } catch (error) {
    if (error instanceof TtError) return error;
    throw error;
  }
}

export function notFound(request: FastifyRequest): TtError {
  return new TtError('ROUTE_NOT_FOUND', { method: request.method, path: request.url.split('?')[0] ?? '' });
}
