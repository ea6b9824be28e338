// Who an ENV is shared with: its record, and the feeds of those who see other parts of it than before.
import type { EnvRecord } from '../../state/records.ts';
import type { Services } from '../services.ts';

/** `team`: null shares it with none; undefined leaves it as it is. */
export function sharedWith(env: EnvRecord, team: string | null | undefined): EnvRecord {
  if (team === undefined) return env;
  const { team: _before, ...alone } = env;
  return team === null ? alone : { ...alone, team };
}

/** After an ENV came to these teams, or left them: its VMs and snapshots are shown to their members anew. */
export function tellMembers(
  { teams, log }: Pick<Services, 'teams' | 'log'>,
  teamNames: readonly (string | null | undefined)[],
): void {
  log.showAnew(teamNames.flatMap((name) => (name ? (teams.find(name)?.members ?? []) : [])));
}
