// The part of the error table about labs, profiles and terminals. See error-table.ts.
import { count, entry, lines, reasonSchema, term, text } from './error-entry.ts';

export const labErrors = {
  // Labs
  LAB_NOT_FOUND: entry(404, 'There is no lab called {labName}.', 'List the labs to see their names.', {
    labName: text,
    suggestions: lines,
  }),
  LAB_NAME_TAKEN: entry(
    409,
    'There is already a lab called {labName}.',
    'Choose another name, or delete that lab first.',
    { labName: text },
  ),
  LAB_NOT_YOURS: entry(403, 'The lab {labName} belongs to {owner}.', 'Ask {owner} or an administrator.', {
    labName: text,
    owner: text,
  }),
  LAB_IN_USE: entry(409, '{labName} has sessions: {sessions}.', 'End them first.', { labName: text, sessions: lines }),
  LAB_FULL: entry(409, 'All {seats} seats of {labName} are taken.', 'End a session, or give the lab more seats.', {
    labName: text,
    seats: count,
  }),
  PROFILE_NOT_FOUND: entry(404, 'There is no profile called {profileName}.', 'List the profiles to see their names.', {
    profileName: text,
    suggestions: lines,
  }),
  PROFILE_NAME_TAKEN: entry(
    409,
    'There is already a profile called {profileName}.',
    'Choose another name, or delete that profile first.',
    { profileName: text },
  ),
  PROFILE_NOT_YOURS: entry(
    403,
    'The profile {profileName} belongs to {owner}.',
    'Ask {owner} or an administrator; a shared profile can be cloned.',
    { profileName: text, owner: text },
  ),
  PROFILE_IN_USE: entry(
    409,
    '{profileName} is used by {users}.',
    'Remove it from these labs and end these sessions first.',
    { profileName: text, users: lines },
  ),
  PROFILE_NOT_IN_LAB: entry(422, '{labName} is not allowed to use “{profileName}”.', 'Choose one of: {allowed}.', {
    labName: text,
    profileName: text,
    allowed: lines,
  }),
  PROFILE_CLIENTS_RUN: entry(
    409,
    'Sessions of {profileName} are running: {clients}.',
    'Stop them, or open the profile with “stop clients”.',
    { profileName: text, clients: lines },
  ),
  PROFILE_IN_ADMIN_SESSION: entry(
    409,
    '{profileName} is open for editing in {envName}, by {openedBy}.',
    'Wait until it is published or discarded.',
    { profileName: text, envName: text, openedBy: text },
  ),
  PROFILE_NOT_IN_ADMIN_SESSION: entry(
    409,
    '{profileName} is not open for editing.',
    'Open an administrative session first.',
    { profileName: text },
  ),
  PROFILE_VERSION_NOT_FOUND: entry(404, '{profileName} has no version {version}.', 'Choose one of: {kept}.', {
    profileName: text,
    version: count,
    kept: lines,
  }),
  PROFILE_PUBLISH_FAILED: entry(
    500,
    'No new base image of {profileName} was created: {reason}.',
    'The base image is unchanged, and the administrative session is still open. Fix the cause and publish again.',
    { profileName: text, reason: reasonSchema },
  ),
  SESSION_NOT_FOUND: entry(
    404,
    '{labName} has no session called {sessionName}.',
    'List the sessions of the lab to see their names.',
    { labName: text, sessionName: text, suggestions: lines },
  ),
  SESSION_EXISTS: entry(409, '{labName} already has the session {sessionName}.', 'Use that one, or end it first.', {
    labName: text,
    sessionName: text,
  }),
  WRITES_DISCARDED: entry(
    409,
    '{vmName} discards its writes, so no snapshot of it can be taken.',
    'Open an administrative session of its profile, or use a VM of another ENV.',
    { vmName: text },
  ),
  TERMINAL_NOT_FOUND: entry(
    404,
    '{labName} has no terminal called {terminalName}.',
    'List the terminals of the lab to see their names.',
    { labName: text, terminalName: text, suggestions: lines },
  ),
  TERMINAL_INVALID: entry(
    422,
    'The terminal {terminalName} is not valid: {reason}.',
    'Give it a secret, an IP address, or both.',
    { terminalName: text, reason: term('terminalProblem'), address: text },
  ),
  TERMINAL_REFUSED: entry(
    403,
    'This terminal is unknown.',
    'Check its name, secret and address, and that terminals are enabled in its lab.',
    {},
  ),
  TERMINAL_TOO_OFTEN: entry(429, 'Too many requests came from this address.', 'Wait {retryAfterS} s, then try again.', {
    retryAfterS: count,
  }),
} as const;
