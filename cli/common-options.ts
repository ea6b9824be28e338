// Options that many commands share, added to the whole tree: `--quiet` to every command, `--watch` to those that only look.
import type { Command } from 'commander';
import { leavesOf } from './command-tree.ts';

/** Commands whose answer changes with the server, by the words behind `tt`. */
const watchable: ReadonlySet<string> = new Set([
  'env list',
  'env show',
  'vm list',
  'vm show',
  'disk list',
  'snapshot list',
  'snapshot tree',
  'image list',
  'lab list',
  'lab show',
  'lab session list',
  'profile list',
  'template list',
  'operation list',
  'run list',
  'run show',
]);

export function withCommonOptions(program: Command): Command {
  for (const { words, command } of leavesOf(program)) {
    command.option('-q, --quiet', 'print only errors and JSON');
    if (watchable.has(words)) command.option('-w, --watch', 'show it again at every change, until Ctrl-C');
  }
  return program;
}
