// `--json` on every command: added and read in one place.
import type { Command } from 'commander';

export function withJson(command: Command): Command {
  return command.option('--json', 'print API objects as JSON');
}

export function wantsJson(command: Command): boolean {
  return command.optsWithGlobals()['json'] === true;
}
