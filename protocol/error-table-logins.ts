// The part of the error table about logins by an OpenID provider. See error-table.ts.
import { count, entry, reasonSchema, text } from './error-entry.ts';

export const loginErrors = {
  OIDC_NOT_CONFIGURED: entry(
    404,
    'This server has no login by an OpenID provider.',
    'Use a link, a token or a password, or ask an administrator to set “oidc” in the configuration.',
    {},
  ),
  OIDC_UNREACHABLE: entry(
    503,
    '{provider} can’t be reached by this server: {reason}.',
    'Try again; a link, a token or a password works meanwhile.',
    { provider: text, reason: reasonSchema },
  ),
  OIDC_MISCONFIGURED: entry(
    503,
    'This server does not get along with {provider}: {reason}.',
    'Ask an administrator to compare “oidc” in the configuration with what the provider has.',
    { provider: text, reason: reasonSchema },
  ),
  OIDC_ISSUER_WRONG: entry(
    502,
    'What answers at the address of {provider} is another issuer than {issuer}.',
    'Ask an administrator to correct “oidc.issuer” in the configuration.',
    { provider: text, issuer: text },
  ),
  OIDC_REFUSED: entry(
    403,
    '{provider} did not let you in: {reason}.',
    'Log in again, and agree there; or ask whoever runs it.',
    { provider: text, reason: reasonSchema },
  ),
  OIDC_ANSWER_INVALID: entry(
    403,
    'What {provider} says about you can’t be trusted: {reason}.',
    'Log in again. If that happens again, tell an administrator.',
    { provider: text, reason: reasonSchema },
  ),
  OIDC_CLOCK_WRONG: entry(
    503,
    'The clocks of this server and of {provider} are {seconds} s apart.',
    'Ask an administrator to set the clock of this server (NTP).',
    { provider: text, seconds: count },
  ),
  OIDC_USER_UNKNOWN: entry(
    403,
    'Nobody here is linked to the subject {subject} of {provider}.',
    'Ask an administrator to link your user to it: "tt user link NAME {subject}".',
    { provider: text, subject: text },
  ),
  OIDC_USER_DISABLED: entry(403, 'The user {user} may not come in.', 'Ask an administrator to enable the user.', {
    user: text,
  }),
  OIDC_CLAIM_REFUSED: entry(
    403,
    'What {provider} says in the claim “{claim}” does not let you in.',
    'Ask an administrator which groups or addresses may come in.',
    { provider: text, claim: text },
  ),
  OIDC_NAME_UNUSABLE: entry(
    403,
    'The claim “{claim}” of {provider} has no name that a user here can have.',
    'Ask an administrator to create a user for you and to link it, or to choose another claim.',
    { provider: text, claim: text },
  ),
  OIDC_NAME_TAKEN: entry(
    409,
    'There is already a user called {user}, who is not linked to you.',
    'Ask an administrator: "tt user link" links that user to you, if it is you.',
    { user: text },
  ),
  OIDC_SUBJECT_TAKEN: entry(
    409,
    'The user {user} is already linked to that subject.',
    'Unlink that user first: "tt user unlink {user}".',
    { user: text },
  ),
  LOGIN_EXPIRED: entry(
    403,
    'This server does not know this login, or not any more.',
    'Begin again, and end in the same browser within ten minutes; a restart of the server ends logins that are under way.',
    {},
  ),
  LOGIN_TOO_MANY: entry(
    429,
    'Too many logins are under way.',
    'Wait {retryAfterS} s, or use a token or a link, which work meanwhile.',
    { retryAfterS: count },
  ),
} as const;
