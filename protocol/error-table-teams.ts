// The part of the error table about teams and what they share. See error-table.ts.
import { count, entry, lines, term, text } from './error-entry.ts';

export const teamErrors = {
  TEAM_NOT_FOUND: entry(404, 'There is no team called {team}.', 'List your teams to see their names.', {
    team: text,
    suggestions: lines,
  }),
  TEAM_NAME_TAKEN: entry(409, 'There is already a team called {team}.', 'Choose another name.', { team: text }),
  TEAM_SHARES_THINGS: entry(
    409,
    '{envs} ENVs are still shared with the team {team}.',
    'Say that they are shared no more ("--unshare"), or look which they are: "tt team show {team}".',
    { team: text, envs: count },
  ),
  NOT_IN_TEAM: entry(404, '{user} is not in the team {team}.', 'Look who is in it: "tt team show {team}".', {
    team: text,
    user: text,
  }),
  TEAM_QUOTA_EXCEEDED: entry(
    409,
    'The quota of the team {team} is exceeded: {resource} total {total}, used {used}, requested {wanted}.',
    'Stop or delete what the team no longer needs, or ask an administrator for more.',
    { team: text, resource: term('resource'), total: count, used: count, wanted: count },
  ),
} as const;
