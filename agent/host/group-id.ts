// The number of a group of this host, as the system's own databases tell it (getent(1)): also those of a directory service.
import { runCommand } from './run-command.ts';

const TIMEOUT_MS = 10_000;

/** null: there is no group of this name. */
export async function groupIdOf(name: string): Promise<number | null> {
  // Exit code 2: the key was not found.
  const { stdout } = await runCommand('getent', ['group', '--', name], { timeoutMs: TIMEOUT_MS, okExitCodes: [0, 2] });
  const [found, , id = ''] = (stdout.split('\n')[0] ?? '').split(':');
  // A number is looked up as an id, and so is not the name of the answer.
  return found === name && /^\d+$/.test(id) ? Number(id) : null;
}
