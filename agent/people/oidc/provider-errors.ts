// What went wrong with an OpenID provider, as an error with a code. The library tells it by codes of its own.
import { type ErrorCode, quoted, TtError, visible } from '@tt/protocol';
import { ProviderUnreachable } from './provider-requests.ts';

const MOST_QUOTED = 300;

export interface AboutProvider {
  /** What people call it. */
  name: string;
  issuer: string;
}

/** `error` as whoever logs in is told it; a TtError is passed on. */
export function providerError(error: unknown, { name: provider, issuer }: AboutProvider): TtError {
  if (error instanceof TtError) return error;
  const causes = [...chainOf(error)];
  const options = { cause: error };
  const reason = quoted('reported', quoteOf(causes));
  const unreachable = causes.find((cause) => cause instanceof ProviderUnreachable);
  const isDown = causes.some(({ cause }) => cause instanceof Response && cause.status >= 500);
  if (unreachable || isDown || codeIn(causes, ['OAUTH_TIMEOUT', 'OAUTH_ABORT'])) {
    const why = unreachable ? quoted('reported', limited(unreachable.message)) : reason;
    return new TtError('OIDC_UNREACHABLE', { provider, reason: why }, options);
  }
  if (codeIn(causes, ['OAUTH_AUTHORIZATION_RESPONSE_ERROR'])) {
    return new TtError('OIDC_REFUSED', { provider, reason: quoted('reported', refusalIn(causes)) }, options);
  }
  if (causes.some(({ cause }) => isAbout(cause, 'issuer'))) {
    return new TtError('OIDC_ISSUER_WRONG', { provider, issuer }, options);
  }
  if (codeIn(causes, ['OAUTH_JWT_TIMESTAMP_CHECK_FAILED'])) {
    const seconds = secondsApart(causes);
    if (seconds !== null) return new TtError('OIDC_CLOCK_WRONG', { provider, seconds }, options);
  }
  const code: Extract<ErrorCode, 'OIDC_MISCONFIGURED' | 'OIDC_ANSWER_INVALID'> =
    codeIn(causes, misconfigured) && !isUsedCode(causes) ? 'OIDC_MISCONFIGURED' : 'OIDC_ANSWER_INVALID';
  return new TtError(code, { provider, reason }, options);
}

/** The provider does not take this server for the client it knows, or is no OpenID provider. */
const misconfigured = [
  'OAUTH_RESPONSE_BODY_ERROR',
  'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_HTTP_REQUEST_FORBIDDEN',
  'OAUTH_REQUEST_PROTOCOL_FORBIDDEN',
  'OAUTH_MISSING_SERVER_METADATA',
  'OAUTH_INVALID_SERVER_METADATA',
  'OAUTH_UNSUPPORTED_OPERATION',
];

function* chainOf(error: unknown): Generator<Error> {
  let at = error;
  for (let depth = 0; at instanceof Error && depth < 8; depth++) {
    yield at;
    at = at.cause;
  }
}

function codeIn(causes: readonly Error[], codes: readonly string[]): boolean {
  return causes.some((cause) => 'code' in cause && codes.includes(String(cause.code)));
}

/** Whether the provider's description of itself has another value there than was expected. */
function isAbout(cause: unknown, attribute: string): boolean {
  return typeof cause === 'object' && cause !== null && 'attribute' in cause && cause.attribute === attribute;
}

/** The browser brought a code that the provider does not know, or not any more. */
function isUsedCode(causes: readonly Error[]): boolean {
  return causes.some((cause) => 'error' in cause && cause.error === 'invalid_grant');
}

/** `access_denied: …`, as the provider put it. */
function refusalIn(causes: readonly Error[]): string {
  const said = causes.find((cause) => 'error' in cause && typeof cause.error === 'string');
  return limited(said ? wordsOf(said) : '');
}

function quoteOf(causes: readonly Error[]): string {
  const said = causes.find((cause) => 'error' in cause && typeof cause.error === 'string');
  return limited(said ? wordsOf(said) : (causes.at(-1)?.message ?? ''));
}

function wordsOf(said: Error): string {
  const { error, error_description: description } = said as Error & { error?: unknown; error_description?: unknown };
  return [error, description].filter((text) => typeof text === 'string').join(': ');
}

/** How long ago, or ahead, the token was issued by the clock of here: it came at once. null if it is not said. */
function secondsApart(causes: readonly Error[]): number | null {
  for (const { cause } of causes) {
    if (typeof cause !== 'object' || cause === null || cause instanceof Error) continue;
    const { now, claims } = cause as { now?: unknown; claims?: { iat?: unknown } };
    if (typeof now === 'number' && typeof claims?.iat === 'number') return Math.abs(Math.round(now - claims.iat));
  }
  return null;
}

function limited(text: string): string {
  return visible(text).slice(0, MOST_QUOTED);
}
