// Text output of sessions of labs.
import type { LabSession } from '@tt/protocol';
import { duration, table } from '../output.ts';

/** CONSOLE is who is connected right now: a terminal, or anybody else who looks. */
export function sessionTable(sessions: readonly LabSession[]): string {
  const rows = sessions.map((session) => [
    session.sessionName,
    `${session.profileName}${session.version === null ? '' : ` v${session.version}`}`,
    session.state,
    session.viewers > 0 ? `connected (${session.viewers})` : '-',
    session.terminalName ?? '-',
    duration(Date.parse(session.endAt) - Date.now()),
    session.envName,
  ]);
  return table(['SESSION', 'PROFILE', 'STATE', 'CONSOLE', 'TERMINAL', 'LEFT', 'ENV'], rows);
}
