// `tt completion`: scripts for shells, which ask `tt complete` (hidden) for what may stand at the cursor.
import { type Command, InvalidArgumentError } from 'commander';
import { candidates } from '../complete.ts';
import { installScript, shellOfUser } from '../install-completion.ts';
import { printJson } from '../output.ts';
import { type Shell, shellScript, shells } from '../shell-scripts.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';

/** `whole` makes `tt` with all its commands, of which this program may have only these. */
export function completionCommands(whole: () => Promise<Command>): (program: Command) => void {
  return (program) => addCompletionCommands(program, whole);
}

function addCompletionCommands(program: Command, whole: () => Promise<Command>): void {
  const completion = program.command('completion').description('completion of commands and names in a shell');
  for (const shell of shells) {
    completion
      .command(shell)
      .description(`print the script for ${shell}`)
      .action(() => print(shellScript(shell)));
  }
  withJson(completion.command('install [shell]'))
    .description('write the script where the shell looks for it (default: the shell that SHELL names)')
    .option('--force', 'also over a file that is not a script of tt')
    .action(async (name: string | undefined, options: { force?: true }, command: Command) => {
      const { file, next } = await installScript(shellFrom(name), process.env, { force: options.force === true });
      if (wantsJson(command)) printJson({ file, next });
      else print([`${file} is written`, ...next].map((line) => `${line}\n`).join(''));
    });

  program.command('complete <line>', { hidden: true }).action(async (line: string) => {
    for (const candidate of await candidates(line, whole)) print(`${candidate}\n`);
  });
}

function shellFrom(name: string | undefined): Shell {
  const known = `write ${shells.join(', ')}.`;
  if (name !== undefined) {
    if (isShell(name)) return name;
    throw new InvalidArgumentError(`"${name}" is not a shell tt knows; ${known}`);
  }
  const found = shellOfUser(process.env);
  if (found === null) throw new InvalidArgumentError(`SHELL names no shell that tt knows; ${known}`);
  return found;
}

function isShell(text: string): text is Shell {
  return (shells as readonly string[]).includes(text);
}
