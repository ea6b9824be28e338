// `tt env run`: one command on the machines of ENVs, and how it ended on each.
import { writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { withSentCommand } from '@tt/client';
import { asFileProblem, type NodeConnection } from '@tt/client/node';
import { type NewRunCommand, type RunCommand, type RunDetail, TtError } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { canGoOn } from '../each-name.ts';
import { exitCodes } from '../exit-codes.ts';
import { onInterrupt } from '../interrupts.ts';
import { mustBeFree } from '../local-file.ts';
import { printFailure, printJson } from '../output.ts';
import { followRuns } from '../runs/follow-runs.ts';
import { junitReport } from '../runs/junit.ts';
import { LineStreams } from '../runs/run-lines.ts';
import { agentOnlyText, countsText, failuresText, runGrid } from '../runs/run-text.ts';
import { withServer } from '../server-choice.ts';
import { drawBlock, print, printError } from '../terminal.ts';
import { showing } from '../transfer-progress.ts';
import { wantsJson, withJson } from './json-option.ts';
import { collected } from '../repeated-options.ts';
import { given, secondsFrom } from './option-values.ts';
import { type CommandOptions, commandFrom, splitAtDashes } from './run-command.ts';
import { mustBeInteractive, runInteractively } from './run-interactive.ts';
import { chosenVms, type VmChoice, withVmChoice } from './vm-choice.ts';

interface RunOptions extends CommandOptions, VmChoice {
  timeOut?: number;
  wait?: number | true;
  user?: string;
  cwd?: string;
  env?: [string, string][];
  stream?: true;
  useSsh?: true;
  background?: true;
  interactive?: true;
  junit?: string;
}

const DEFAULT_WAIT_S = 300;
/** Lines of a terminal that are not for the table. */
const SPARE_LINES = 2;
const TICK_MS = 1_000;

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
      await withServer((connection) => run(connection, names, wanted, options, wantsJson(command)));
    });
}

function variableFrom(text: string): [string, string] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('write a variable as NAME=value, with letters, digits and _ in its name.');
  return [name, value];
}

async function run(
  connection: NodeConnection,
  names: readonly string[],
  command: RunCommand,
  options: RunOptions,
  json: boolean,
): Promise<void> {
  const targets = await targetsOf(connection, [...new Set(names)], options);
  const { details, exitCode } = await startAll(connection, targets, command, options, json);
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
  const { ended, isInterrupted } = await showToEnd(connection, details, options, json);
  if (json) printJson(names.length === 1 ? ended[0] : ended);
  else printEnd(ended);
  if (options.junit !== undefined) await writeReport(connection, options.junit, ended);
  const ending = isInterrupted ? exitCodes.interrupted : (exitCode ?? endingOf(ended));
  if (ending !== exitCodes.ok) process.exitCode = ending;
}

interface Target {
  envName: string;
  /** Undefined: all. */
  vmIds?: string[];
}

async function targetsOf(
  connection: NodeConnection,
  envNames: readonly string[],
  options: VmChoice,
): Promise<Target[]> {
  const chosen = await chosenVms(connection, envNames, options);
  if (!chosen) return envNames.map((envName) => ({ envName }));
  return chosen.map(({ envName, vms }) => ({ envName, vmIds: vms.map(({ id }) => id) }));
}

/** Starts one run for each ENV. Of several, one that is refused is told, and the others go on. */
async function startAll(
  connection: NodeConnection,
  targets: readonly Target[],
  command: RunCommand,
  { timeOut, wait, user, cwd, env, useSsh }: RunOptions,
  json: boolean,
): Promise<{ details: RunDetail[]; exitCode: number | undefined }> {
  const more = given({
    timeoutMs: timeOut === undefined ? undefined : timeOut * 1000,
    waitMs: wait === undefined ? undefined : (wait === true ? DEFAULT_WAIT_S : wait) * 1000,
    via: useSsh ? ('ssh' as const) : undefined,
    user,
    cwd,
    environment: env && Object.fromEntries(env),
  });
  const details: RunDetail[] = [];
  let exitCode: number | undefined;
  for (const target of targets) {
    try {
      const start = (sent: NewRunCommand) =>
        connection.client.run.start({ runId: randomUUID(), ...target, command: sent, ...more });
      details.push(await withSentCommand(connection, command, start, showing('sending')));
    } catch (error) {
      if (targets.length === 1 || !canGoOn(error)) throw error;
      exitCode ??= printFailure(error, json);
    }
  }
  return { details, exitCode };
}

/** Ctrl-C cancels the runs, and their end is shown; a second one leaves at once. */
async function showToEnd(
  connection: NodeConnection,
  details: readonly RunDetail[],
  { stream }: RunOptions,
  json: boolean,
): Promise<{ ended: RunDetail[]; isInterrupted: boolean }> {
  let interrupts = 0;
  const stopListening = onInterrupt(() => {
    interrupts++;
    if (interrupts > 1) process.exit(exitCodes.interrupted);
    for (const { run: begun } of details) {
      connection.client.run.cancel({ runId: begun.id }).catch((error: unknown) => {
        if (!(error instanceof TtError)) throw error;
      });
    }
  });
  const lines = stream ? new LineStreams(connection) : null;
  const isLive = !stream && !json && process.stderr.isTTY;
  let latest: readonly RunDetail[] = details;
  const draw = () => {
    if (isLive) drawBlock(liveText(latest, process.stderr.rows, process.stderr.columns));
  };
  const ticking = setInterval(draw, TICK_MS);
  try {
    draw();
    for (const { run: begun, vms } of details) lines?.follow(begun.id, vms);
    const ended = await followRuns(connection, details, (all, { run: changed, vms }) => {
      latest = all;
      lines?.follow(changed.run.id, vms);
      draw();
    });
    for (const { run: over, vms } of ended) lines?.follow(over.id, vms);
    await lines?.end();
    return { ended, isInterrupted: interrupts > 0 };
  } finally {
    clearInterval(ticking);
    if (isLive) drawBlock('');
    stopListening();
  }
}

/** The grid so far; where it does not fit on the screen, the numbers of each ENV. */
export function liveText(details: readonly RunDetail[], rows: number, columns: number): string {
  const grid = runGrid(details, columns);
  if (grid.split('\n').length + SPARE_LINES <= rows) return grid;
  return details
    .slice(0, Math.max(1, rows - SPARE_LINES))
    .map(({ run: { envName, counts } }) => `${envName}: ${countsText({ counts })}\n`)
    .join('');
}

function printEnd(details: readonly RunDetail[]): void {
  print(runGrid(details));
  for (const { run: over } of details) print(`${over.envName}: ${countsText(over)}; tt run output ${over.id}\n`);
  const remarks = agentOnlyText(details) + failuresText(details);
  if (remarks !== '') printError(remarks);
}

async function writeReport(connection: NodeConnection, file: string, details: readonly RunDetail[]): Promise<void> {
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
