// `tt matrix run`: makes the ENV of a matrix file, runs its steps on each machine, reports, and deletes the ENV, whatever happens.
import { readdir, writeFile } from 'node:fs/promises';
import { wholeEnv } from '@tt/client';
import { readMatrixFile } from '@tt/client/matrix-file';
import { matrixReport, newEnvOf } from '@tt/client/matrix-run';
import { asFileProblem, type NodeConnection } from '@tt/client/node';
import { isErrorCode, isValidName, type MatrixFile, type MatrixReport, reason, TtError } from '@tt/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { exitCodeFor, exitCodes } from '../exit-codes.ts';
import { onInterrupt } from '../interrupts.ts';
import { mustBeFree } from '../local-file.ts';
import { endEnv } from '../matrix/env-end.ts';
import { matrixHtml } from '../matrix/html/matrix-html.ts';
import { languageOf } from '../language.ts';
import { matrixJunit } from '../matrix/matrix-junit.ts';
import { MatrixRunner } from '../matrix/matrix-runner.ts';
import { endText, matrixGrid, problemsText } from '../matrix/matrix-text.ts';
import { Showing } from '../matrix/showing.ts';
import { printJson } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { type Server, withServer } from '../server-choice.ts';
import { print, printError, terminalColumns } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { yamlTextOf } from './yaml-text.ts';

type Keep = 'always' | 'onFailure' | 'never';

interface MatrixRunOptions {
  name?: string;
  junit?: string;
  reportHtml?: string;
  artefacts?: string;
  force?: true;
  keep?: Keep;
  stream?: true;
}

/** CI systems send one signal and soon another: only a third one leaves at once, and the lifetime ends the ENV. */
const MOST_INTERRUPTS = 2;

export function addMatrixRun(matrix: Command): void {
  withJson(matrix.command('run <file>'))
    .description('run a matrix file: make the ENV, run the steps on each machine, report, and delete the ENV')
    .option('--name <name>', 'name of the ENV (default: that of the file)')
    .option('--report-html <file>', 'write a report with outputs and screens, as one HTML file')
    .option('--junit <file>', 'write a JUnit report')
    .option('--artefacts <folder>', 'where artefacts go, a folder for each VM (default: <ENV>-artefacts)')
    .option('--force', 'overwrite artefacts of an earlier run')
    .addOption(
      new Option('--keep <when>', 'keep the ENV (default: only with the snapshot of a first failure)').choices([
        'always',
        'onFailure',
        'never',
      ]),
    )
    .option('--stream', 'print what the VMs print as it comes, each line with the name of its VM')
    .action(async (fileName: string, options: MatrixRunOptions, command: Command) => {
      const json = wantsJson(command);
      if (options.stream && json) throw new InvalidArgumentError('choose one of --stream and --json.');
      const file = readMatrixFile(await yamlTextOf(fileName), fileName);
      const envName = options.name ?? file.name;
      if (!isValidName(envName)) throw new TtError('NAME_INVALID', { name: envName });
      const artefactFolder = options.artefacts ?? `${envName}-artefacts`;
      await placesMustBeFree(file, options, artefactFolder);
      await withServer((connection, server) =>
        runMatrix(connection, server, { file, envName, artefactFolder, options, json }),
      );
    });
}

/** Looks before anything is made whether what comes of it can be put there. */
async function placesMustBeFree(file: MatrixFile, options: MatrixRunOptions, artefactFolder: string): Promise<void> {
  for (const report of [options.reportHtml, options.junit]) {
    if (report !== undefined) await mustBeFree(report, { force: true });
  }
  const fetches = [file.artefacts, ...file.steps.map((step) => step.artefacts)].some((all) => (all?.length ?? 0) > 0);
  if (!fetches || options.force) return;
  const refuse = () => new TtError('FILE_UNUSABLE', { file: artefactFolder, reason: reason('exists') });
  try {
    if ((await readdir(artefactFolder)).length > 0) throw refuse();
  } catch (error) {
    if (error instanceof TtError) throw error;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw asFileProblem(error);
  }
}

interface Wanted {
  file: MatrixFile;
  envName: string;
  artefactFolder: string;
  options: MatrixRunOptions;
  json: boolean;
}

async function runMatrix(connection: NodeConnection, { url }: Server, wanted: Wanted): Promise<void> {
  const { file, envName, options, json } = wanted;
  const startedAt = new Date().toISOString();
  const cancel = new AbortController();
  let interrupts = 0;
  const stopListening = onInterrupt(() => {
    if (++interrupts > MOST_INTERRUPTS) process.exit(exitCodes.interrupted);
    cancel.abort();
  });
  let ended: { report: MatrixReport; runner: MatrixRunner };
  try {
    // Nothing is left of an ENV that could not be made, or whose making was interrupted.
    await runOperation(connection, (operationId) =>
      connection.client.env.create({ operationId, ...newEnvOf(file, envName) }),
    );
    ended = await runAndEnd(connection, { ...wanted, startedAt, url, signal: cancel.signal });
  } finally {
    stopListening();
  }
  const { report, runner } = ended;
  if (json) printJson(report);
  else {
    print(matrixGrid(report, terminalColumns()));
    const problems = problemsText(report);
    if (problems !== '') printError(problems);
    print(endText(report));
  }
  await writeReports(report, runner, file, options);
  const ending = cancel.signal.aborted ? exitCodes.interrupted : endingOf(report);
  if (ending !== exitCodes.ok) process.exitCode = ending;
}

interface Running extends Wanted {
  startedAt: string;
  url: string;
  signal: AbortSignal;
}

/** Whatever happens while it runs, the ENV is deleted, unless it is to be kept. */
async function runAndEnd(
  connection: NodeConnection,
  { file, envName, artefactFolder, options, json, startedAt, url, signal }: Running,
): Promise<{ report: MatrixReport; runner: MatrixRunner }> {
  let runner: MatrixRunner;
  try {
    const { vms } = await wholeEnv(connection.client, envName);
    const showing = new Showing(connection, { json, streams: options.stream === true });
    const running = new MatrixRunner({
      connection,
      file,
      envName,
      vms,
      artefactFolder,
      force: options.force === true,
      wantsPictures: options.reportHtml !== undefined,
      wantsSnapshot: file.snapshotAtFirstFailure && options.keep !== 'never',
      snapshotLink: `${url.replace(/\/+$/, '')}/#/envs/${encodeURIComponent(envName)}/timeline`,
      signal,
      onChange: (progress) => showing.changed(progress),
      onBegun: (runId, vm) => showing.begun(runId, vm),
    });
    runner = running;
    const about = { file, envName, startedAt, endedAt: null, firstFailure: null, snapshot: null, env: null };
    showing.begin(() => matrixReport({ ...about, vms: running.vms }));
    try {
      await running.run();
    } finally {
      await showing.end();
    }
  } catch (error) {
    await endEnv(connection, envName, null);
    throw error;
  }
  const endedAt = new Date().toISOString();
  const { firstFailure, snapshot, vms } = runner;
  const done = { file, envName, startedAt, endedAt, firstFailure, snapshot, vms };
  const hasSnapshot = snapshot !== null && snapshot.failure === null;
  const isBad = matrixReport({ ...done, env: null }).result !== 'passed';
  const keeps = isKept(options.keep, { hasSnapshot, isBad, isCancelled: signal.aborted });
  const env = await endEnv(connection, envName, keeps ? { keepS: file.keepS, stops: hasSnapshot } : null);
  return { report: matrixReport({ ...done, env }), runner };
}

/** After Ctrl-C only what is kept always. */
function isKept(
  keep: Keep | undefined,
  { hasSnapshot, isBad, isCancelled }: { hasSnapshot: boolean; isBad: boolean; isCancelled: boolean },
): boolean {
  switch (keep) {
    case 'always':
      return true;
    case 'onFailure':
      return isBad && !isCancelled;
    case 'never':
      return false;
    case undefined:
      return hasSnapshot && !isCancelled;
    default:
      return keep satisfies never;
  }
}

async function writeReports(
  report: MatrixReport,
  { pictures }: MatrixRunner,
  { language = languageOf(process.env) }: MatrixFile,
  { reportHtml, junit }: MatrixRunOptions,
): Promise<void> {
  try {
    if (junit !== undefined) await writeFile(junit, matrixJunit(report));
    if (reportHtml !== undefined) await writeFile(reportHtml, matrixHtml({ report, pictures, language }));
  } catch (error) {
    throw asFileProblem(error);
  }
}

/** As of `tt env run`: a step that failed weighs more than a guest that was not reached. */
function endingOf({ result, env }: MatrixReport): number {
  if (result === 'failed') return exitCodes.runFailed;
  if (env?.failure && isErrorCode(env.failure.code)) return exitCodeFor(env.failure.code);
  return result === 'unreachable' ? exitCodes.guestUnreachable : exitCodes.ok;
}
