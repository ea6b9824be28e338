// `tt completion`: scripts for shells, which ask `tt complete` (hidden) for what may stand at the cursor.
import { type Command, InvalidArgumentError } from 'commander';
import { candidates } from '../complete.ts';
import { type Shell, shellScript, shells } from '../shell-scripts.ts';
import { print } from '../terminal.ts';

/** `whole` makes `tt` with all its commands, of which this program may have only these. */
export function completionCommands(whole: () => Promise<Command>): (program: Command) => void {
  return (program) => addCompletionCommands(program, whole);
}

function addCompletionCommands(program: Command, whole: () => Promise<Command>): void {
  program
    .command('completion <shell>')
    .description(`print the script that completes commands and names in a shell: ${shells.join(', ')}`)
    .action((shell: string) => {
      if (!isShell(shell))
        throw new InvalidArgumentError(`"${shell}" is not a shell tt knows; write ${shells.join(', ')}.`);
      print(shellScript(shell));
    });

  program.command('complete <line>', { hidden: true }).action(async (line: string) => {
    for (const candidate of await candidates(line, whole)) print(`${candidate}\n`);
  });
}

function isShell(text: string): text is Shell {
  return (shells as readonly string[]).includes(text);
}
