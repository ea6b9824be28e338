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
    'Take it out of these labs, and end these sessions, first.',
    { profileName: text, users: lines },
  ),
  PROFILE_NOT_IN_LAB: entry(422, '{labName} may not use “{profileName}”.', 'Choose one of: {allowed}.', {
    labName: text,
    profileName: text,
    allowed: lines,
  }),
  PROFILE_CLIENTS_RUN: entry(
    409,
    'Sessions of {profileName} run: {clients}.',
    'Stop them, or open it with “stop clients”.',
    { profileName: text, clients: lines },
  ),
  PROFILE_IN_ADMIN_SESSION: entry(
    409,
    '{profileName} is open for change in {envName}, by {openedBy}.',
    'Wait until it is published or discarded.',
    { profileName: text, envName: text, openedBy: text },
  ),
  PROFILE_NOT_IN_ADMIN_SESSION: entry(
    409,
    '{profileName} is not open for change.',
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
    'A new base of {profileName} was not made: {reason}.',
    'The base is as it was, and the administrative session is still open. Mend that and publish again.',
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
    '{vmName} keeps nothing of what it writes, so there is nothing to take a snapshot of.',
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
    '{terminalName} can’t be a terminal: {reason}.',
    'Give it a secret, an IP address, or both.',
    { terminalName: text, reason: term('terminalProblem'), address: text },
  ),
  TERMINAL_REFUSED: entry(
    403,
    'This terminal is not known here.',
    'Check its name, its secret and its address, and that its lab has terminals enabled.',
    {},
  ),
  TERMINAL_TOO_OFTEN: entry(429, 'This address asks too often.', 'Wait {retryAfterS} s, then try again.', {
    retryAfterS: count,
  }),
} as const;
