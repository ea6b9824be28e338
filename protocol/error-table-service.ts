// The part of the error table about an agent as a service of its host: backups of its state, and its installation. See error-table.ts.
import { entry, lines, reasonSchema, text } from './error-entry.ts';

export const serviceErrors = {
  // Backups
  BACKUP_INVALID: entry(
    422,
    '{file} is not a usable backup: {reason}.',
    'Nothing was changed. Copy it again, or use an older one.',
    { file: text, reason: reasonSchema },
  ),
  BACKUP_TOO_NEW: entry(
    422,
    '{file} was made by a newer TT ({madeBy}).',
    'Nothing was changed. Install that version or a newer one, then restore it.',
    { file: text, madeBy: text },
  ),
  RESTORE_NOT_EMPTY: entry(
    409,
    'The state folder {stateDirectory} is in use: people have made something in it.',
    'Nothing was changed. Restore into another folder (--home), or end the agent and move this one away.',
    { stateDirectory: text },
  ),
  // Background tasks
  TASK_NOT_FOUND: entry(404, 'There is no background task called {task}.', 'List the tasks to see their names.', {
    task: text,
    suggestions: lines,
  }),
  TASK_NOT_BY_HAND: entry(
    409,
    'The background task {task} is not started by hand.',
    'Wait for its next run: it has its own times, or starts VMs or ends ENVs.',
    { task: text },
  ),
  // The service
  INSTALL_NOT_ROOT: entry(403, 'Only root can install the service.', 'Nothing was changed. Run it as root.', {}),
  INSTALL_NO_SYSTEMD: entry(
    422,
    'This host does not run systemd, so there is nothing to install the service into.',
    'Nothing was changed. See what would be written with --dry-run, and start "tt-agent run" by the means of this host.',
    {},
  ),
  INSTALL_CONFLICT: entry(
    409,
    '{file} was not written by "tt-agent install".',
    'Nothing was changed. Remove the package that it belongs to, or move it away.',
    { file: text },
  ),
  INSTALL_NOT_BUILT: entry(
    422,
    'This tt-agent runs from its sources, and only a built one can be installed.',
    'Nothing was changed. Run "npm run build", then "npx tt-agent install".',
    {},
  ),
  INSTALL_START_FAILED: entry(
    500,
    'The service is installed, but did not start: {reason}.',
    'See "journalctl -u tt-agent" and "tt-agent doctor", then run "systemctl restart tt-agent".',
    { reason: reasonSchema },
  ),
} as const;
