// `tt run list|show|output|cancel|del`: commands that run, or ran, on machines of ENVs.
import { type NodeConnection, runOutput } from '@tt/client/node';
import { nearMatches, type RunDetail, type RunVm, TtError } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { forEachName } from '../each-name.ts';
import { labelled, printJson } from '../output.ts';
import { Lines, LineStreams } from '../runs/run-lines.ts';
import { agentOnlyText, countsText, failuresText, runGrid, runTable } from '../runs/run-text.ts';
import { withServer } from '../server-choice.ts';
import { print, printError, writeBytes } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { wholeNumber } from './option-values.ts';

interface OutputOptions {
  stderr?: true;
  offset?: number;
}

export function addRunCommands(program: Command): void {
  const run = program.command('run').description('runs: commands on machines of ENVs, see tt env run');

  withJson(run.command('list [env]'))
    .description('list the runs that are kept, of all ENVs or of one')
    .action(async (envName: string | undefined, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { runs } = await client.run.list(envName === undefined ? {} : { envName });
        if (wantsJson(command)) printJson({ runs });
        else print(runTable(runs));
      });
    });

  withJson(run.command('show <id>'))
    .description('show a run with each of its VMs')
    .action(async (runId: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const detail = await client.run.show({ runId });
        if (wantsJson(command)) printJson(detail);
        else printRun(detail);
      });
    });

  run
    .command('output <id> [vm]')
    .description('print what a VM has printed, exactly; without a VM that of all, each line with the name of its VM')
    .option('--stderr', 'what it has printed on standard error')
    .option('--offset <bytes>', 'skip so many bytes', wholeNumber(0))
    .action(async (runId: string, vm: string | undefined, options: OutputOptions) => {
      await withServer((connection) => printOutput(connection, runId, vm, options));
    });

  withJson(run.command('cancel <id...>'))
    .description('kill the commands of runs that have not ended')
    .action(async (ids: string[], _options: unknown, command: Command) => {
      await withServer(({ client }) =>
        forEachName(ids, (runId) => client.run.cancel({ runId }), {
          json: wantsJson(command),
          show: (_run, id) => print(`${id} is being cancelled\n`),
        }),
      );
    });

  withJson(run.command('del <id...>'))
    .description('delete runs with their output; one that runs is cancelled first')
    .action(async (ids: string[], _options: unknown, command: Command) => {
      await withServer(({ client }) =>
        forEachName(ids, (runId) => client.run.delete({ runId }), {
          json: wantsJson(command),
          show: (_gone, id) => print(`${id} is deleted\n`),
        }),
      );
    });
}

function printRun(detail: RunDetail): void {
  const { run } = detail;
  print(
    labelled([
      ['ENV', run.envName],
      ['command', run.title ?? '(only for its owner)'],
      ['state', `${run.state}: ${countsText(run)}`],
      ['started', `${run.startedAt} by ${run.startedBy}${run.via === 'ssh' ? ', over SSH' : ''}`],
      ['ended', run.endedAt ?? '-'],
    ]),
  );
  print(runGrid([detail]));
  const remarks = agentOnlyText([detail]) + failuresText([detail]);
  if (remarks !== '') printError(remarks);
}

async function printOutput(
  connection: NodeConnection,
  runId: string,
  name: string | undefined,
  { stderr, offset }: OutputOptions,
): Promise<void> {
  const detail = await connection.client.run.show({ runId });
  if (name === undefined && detail.vms.length !== 1) {
    if (stderr || offset !== undefined)
      throw new InvalidArgumentError('--stderr and --offset are for one VM: name it.');
    const lines = new LineStreams(connection);
    lines.follow(runId, detail.vms);
    await lines.end();
    return;
  }
  const vm = name === undefined ? detail.vms[0] : vmIn(detail, name);
  if (!vm) return;
  const channel = stderr ? 'stderr' : 'stdout';
  const pieces = runOutput(connection, { runId, vmId: vm.vmId, channel, ...(offset !== undefined && { offset }) });
  if (!process.stdout.isTTY) {
    for await (const bytes of pieces) await writeBytes(bytes);
    return;
  }
  // A terminal gets text: nothing that a guest prints acts on it.
  const lines = new Lines();
  for await (const bytes of pieces) for (const line of lines.push(bytes)) print(`${line}\n`);
  for (const line of lines.end()) print(`${line}\n`);
}

/** Throws VM_NOT_FOUND with near matches. */
function vmIn({ run: { envName }, vms }: RunDetail, name: string): RunVm {
  const found = vms.find(({ vmId, vmName }) => [vmId, vmName].includes(name) || vmName === `${envName}/${name}`);
  if (found) return found;
  const suggestions = nearMatches(
    name,
    vms.map(({ vmName }) => vmName.slice(envName.length + 1)),
  );
  throw new TtError('VM_NOT_FOUND', { vmId: name, suggestions });
}
