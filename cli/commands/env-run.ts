// `tt env run`: one command on the machines of ENVs, and how it ended on each.
import { writeFile } from 'node:fs/promises';
import { asFileProblem, type NodeConnection } from '@tt/client/node';
import type { RunCommand, RunDetail } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { mustBeFree } from '../local-file.ts';
import { printJson } from '../output.ts';
import { collected } from '../repeated-options.ts';
import { beginRuns, type BeginOptions, DEFAULT_WAIT_S } from '../runs/begin-runs.ts';
import { agentOnlyText, countsText, failuresText, runGrid } from '../runs/run-text.ts';
import { showRuns } from '../runs/show-runs.ts';
import { type Reach, withReach, withServer } from '../server-choice.ts';
import { print, printError } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { secondsFrom } from './option-values.ts';
import { type CommandOptions, commandFrom, splitAtDashes } from './run-command.ts';
import { withVmChoice } from './vm-choice.ts';

interface RunOptions extends CommandOptions, BeginOptions {
  stream?: true;
  background?: true;
  interactive?: true;
  junit?: string;
}

export function addRunCommand(env: Command): void {
  withVmChoice(withJson(env.command('run <env...>')), '--vm <names...>')
    .description('run a command on the machines of ENVs, and show how it ended on each')
    .usage('[options] <env...> [-- program argument...]')
    .option('--cmd <line>', 'a line for the shell of the guests')
    .option('--script <file>', 'a script of this computer, up to 4 MiB; - is standard input')
    .option('--time-out <time>', 'kill it after this time: seconds, or like 5m (default 10m)', secondsFrom)
    .option('--wait [time]', `wait for guests that still boot (default ${DEFAULT_WAIT_S / 60}m)`, secondsFrom)
    .option('--user <name>', 'run it as this user of the guest (default: root)')
    .option('--cwd <folder>', 'run it in this folder of the guest (default: the home of the user)')
    .option('--use-ssh', 'over SSH, as the user of their setup; without it, by the guest helper')
    .option('--env <name=value>', 'an environment variable; repeatable', collected(variableFrom))
    .option('--stream', 'print what the VMs print as it comes, each line with the name of its VM')
    .option('--junit <file>', 'write a JUnit report')
    .option('--interactive', 'give it this terminal, on the one VM that is meant; without a command: a shell')
    .option('--background', 'do not wait for its end; see tt run')
    .action(async (words: string[], options: RunOptions, command: Command) => {
      const { names, argv } = splitAtDashes(words, command);
      const { stream, background, junit, interactive } = options;
      if (names.length === 0) throw new InvalidArgumentError('name an ENV before --.');
      if (interactive) {
        const { mustBeInteractive, runInteractively } = await import('./run-interactive.ts');
        await mustBeInteractive(options, wantsJson(command));
        process.exitCode = await withServer((connection) => runInteractively(connection, names, argv, options));
        return;
      }
      if (background && (stream || junit !== undefined)) {
        throw new InvalidArgumentError('--background does not wait for what --stream and --junit show.');
      }
      if (stream && wantsJson(command)) throw new InvalidArgumentError('choose one of --stream and --json.');
      const wanted = await commandFrom(argv, options);
      if (junit !== undefined) await mustBeFree(junit, { force: true });
      await withReach((reach) => run(reach, names, wanted, options, wantsJson(command)));
    });
}

function variableFrom(text: string): [string, string] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('write a variable as NAME=value, with letters, digits and _ in its name.');
  return [name, value];
}

async function run(
  reach: Reach,
  names: readonly string[],
  command: RunCommand,
  options: RunOptions,
  json: boolean,
): Promise<void> {
  const { details, exitCode } = await beginRuns(reach, names, command, options, json);
  if (details.length === 0) {
    process.exitCode = exitCode ?? exitCodes.failed;
    return;
  }
  if (options.background) {
    if (json) printJson(names.length === 1 ? details[0] : details);
    else for (const { run: begun } of details) print(`${begun.envName}: run ${begun.id} has begun\n`);
    if (exitCode !== undefined) process.exitCode = exitCode;
    return;
  }
  const { ended, isInterrupted } = await showRuns(reach, details, { stream: options.stream === true, json });
  if (json) printJson(names.length === 1 ? ended[0] : ended);
  else printEnd(ended);
  if (options.junit !== undefined) await writeReport(await reach.link(), options.junit, ended);
  const ending = isInterrupted ? exitCodes.interrupted : (exitCode ?? endingOf(ended));
  if (ending !== exitCodes.ok) process.exitCode = ending;
}

function printEnd(details: readonly RunDetail[]): void {
  print(runGrid(details));
  for (const { run: over } of details) print(`${over.envName}: ${countsText(over)}; tt run output ${over.id}\n`);
  const remarks = agentOnlyText(details) + failuresText(details);
  if (remarks !== '') printError(remarks);
}

async function writeReport(connection: NodeConnection, file: string, details: readonly RunDetail[]): Promise<void> {
  const { junitReport } = await import('../runs/junit.ts');
  const report = await junitReport(connection, details);
  try {
    await writeFile(file, report);
  } catch (error) {
    throw asFileProblem(error);
  }
}

/** A command that failed somewhere weighs more than a guest that was not reached. */
export function endingOf(details: readonly RunDetail[]): number {
  const total = (kind: keyof RunDetail['run']['counts']) =>
    details.reduce((sum, { run: { counts } }) => sum + counts[kind], 0);
  if (total('failed') + total('timedOut') + total('cancelled') > 0) return exitCodes.runFailed;
  return total('unreachable') + total('lost') > 0 ? exitCodes.guestUnreachable : exitCodes.ok;
}
