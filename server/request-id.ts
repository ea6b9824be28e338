// The id of one call, from the click to the last line of the log. The client can send its own.

export const REQUEST_ID_HEADER = 'x-request-id';
/** Nothing that could break out of a log line or a header. */
const GOOD = /^[A-Za-z0-9._-]{1,64}$/;

/** The id in the headers; a new one if it is missing or malformed. */
export function requestIdIn(headers: Readonly<Record<string, string | string[] | undefined>>): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && GOOD.test(given) ? given : crypto.randomUUID();
}
