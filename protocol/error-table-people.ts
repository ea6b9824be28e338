// The part of the error table about users, their roles and tokens. See error-table.ts.
import { count, entry, lines, term, text } from './error-entry.ts';

export const peopleErrors = {
  USER_NOT_FOUND: entry(404, 'There is no user called {user}.', 'List the users to see their names.', {
    user: text,
    suggestions: lines,
  }),
  USER_NAME_TAKEN: entry(409, 'There is already a user called {user}.', 'Choose another name.', { user: text }),
  USER_FIXED: entry(
    409,
    'The user {user} comes from {source}, and can’t be changed by calls.',
    'Change the users of the configuration file and send the agent SIGHUP; “local” is whoever owns the state folder.',
    { user: text, source: term('userSource') },
  ),
  USER_OWNS_THINGS: entry(
    409,
    '{user} still owns {envs} ENVs, {labs} labs, {profiles} profiles, {templates} templates and {images} images.',
    'Say who gets them ("--give-to NAME"), or delete them first.',
    { user: text, envs: count, labs: count, profiles: count, templates: count, images: count },
  ),
  USER_BUSY: entry(
    409,
    'Something that {user} owns or started is busy: {operation}.',
    'Wait until that is done, or cancel it.',
    { user: text, operation: term('activity') },
  ),
  VIEWER_REFUSED: entry(
    403,
    '{user} is a viewer, and {call} is not for viewers.',
    'Ask an administrator for the role “user”.',
    { user: text, call: text },
  ),
  PASSWORD_WRONG: entry(
    403,
    'The name or the password is wrong.',
    'Try again, or ask an administrator for a link that lets you in.',
    {},
  ),
  PASSWORD_TOO_OFTEN: entry(
    429,
    'Too many wrong passwords came for this user, or from this address.',
    'Wait {retryAfterS} s, or use a token or a link, which work meanwhile.',
    { retryAfterS: count },
  ),
  TOKEN_NOT_FOUND: entry(404, 'There is no token {tokenId}.', 'List the tokens to see the existing ones.', {
    tokenId: text,
  }),
  TOKEN_NAME_TAKEN: entry(
    409,
    '{user} already has a token called “{tokenName}”.',
    'Choose another name, or revoke that one first.',
    { user: text, tokenName: text },
  ),
} as const;
