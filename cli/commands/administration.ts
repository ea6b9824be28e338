// `tt host …`: what administrators see of a server: findings of its doctor, storage, networks, background tasks, log, last hour, certificate
// and version.
import { FINDINGS_LEAST_AGE_S, type LogLevelName, logLevelSchema, MOST_LOG_LINES, type TtClient } from '@tt/protocol';
import { type Command, Option } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { interrupted, pause } from '../interrupts.ts';
import { printJson, printJsonLine } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import {
  certificateText,
  findingsText,
  hourText,
  logText,
  networksText,
  overviewText,
  storageText,
  tasksTable,
  taskText,
  versionText,
} from './administration-text.ts';
import { overviewOf } from './host-overview.ts';
import { wantsJson, withJson } from './json-option.ts';
import { given, wholeNumber } from './option-values.ts';
import { sessionsTable } from './session.ts';

/** Between two looks at what is new in the log. */
const LOOK_EVERY_MS = 1000;

interface LogOptions {
  level?: LogLevelName;
  text?: string;
  limit: number;
  follow?: true;
}

export function addHostGroup(program: Command): void {
  const host = program.command('host').description('the server itself; administrators only');

  withJson(host.command('show', { isDefault: true }))
    .description('show what needs attention, and the state of the server in a few lines')
    .action(async (_options: unknown, command: Command) => {
      await withServer(async ({ client }, server) => {
        const overview = await overviewOf(client);
        if (wantsJson(command)) printJson(overview);
        else print(overviewText(overview, server.url));
      });
    });

  withJson(host.command('findings'))
    .description('show what the doctor of the host finds, with the fixes; ends with 1 if something does not work')
    .option('--again', 'look again even if the last look was within a minute')
    .action(async ({ again }: { again?: true }, command: Command) => {
      await withServer(async ({ client }) => {
        const found = await client.admin.findings(again ? { maxAgeS: FINDINGS_LEAST_AGE_S } : undefined);
        if (wantsJson(command)) printJson(found);
        else print(findingsText(found));
        if (found.findings.some(({ state }) => state === 'failed')) process.exitCode = exitCodes.failed;
      });
    });

  addReport(
    host,
    'storage',
    'show disk space, and who stores how much',
    (client) => client.admin.storage(),
    storageText,
  );
  addReport(
    host,
    'networks',
    'show the networks of all ENVs: bridges, leases, addresses left',
    (client) => client.admin.networks(),
    networksText,
  );
  addReport(
    host,
    'sessions',
    'show who is logged in with a browser, from where, since when; end one with "tt session end"',
    (client) => client.session.list(),
    ({ sessions }) => sessionsTable(sessions),
  );
  addReport(
    host,
    'tasks',
    'show the background tasks: state, last run, next run, error',
    (client) => client.host.tasks(),
    ({ tasks }) => tasksTable(tasks),
  );
  addReport(
    host,
    'metrics',
    'show the last hour: processors, memory, disk, VMs, calls',
    (client) => client.admin.metrics(),
    hourText,
  );
  addReport(
    host,
    'certificate',
    'show what the server presents over TLS, and when it ends',
    (client) => client.admin.certificate(),
    ({ certificate }) => certificateText(certificate),
  );
  addReport(
    host,
    'version',
    'show the version that runs, the installed one, and what changed between them',
    (client) => client.admin.version(),
    versionText,
  );

  withJson(host.command('run-task <name>'))
    .description('run a background task now, and wait up to 20 s for its end')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const task = await client.admin.runTask({ name });
        if (wantsJson(command)) printJson(task);
        else print(taskText(task));
        if (task.lastError !== null && !task.isRunning) process.exitCode = exitCodes.failed;
      });
    });

  withJson(host.command('log'))
    .description('show the newest lines of the agent’s log, oldest first')
    .addOption(new Option('--level <level>', 'not lower than this').choices(logLevelSchema.options))
    .option('--text <text>', 'only lines with this in them')
    .option('--limit <count>', 'the newest so many', wholeNumber(1, MOST_LOG_LINES), 100)
    .option('--follow', 'go on with what comes, until Ctrl-C; with --json, one line of JSON each')
    .action(async (options: LogOptions, command: Command) => {
      const json = wantsJson(command);
      await withServer(async ({ client }) => {
        if (options.follow) await followLog(client, options, json);
        else {
          const { level, text, limit } = options;
          const answer = await client.admin.log({ ...given({ level, text }), limit });
          if (json) printJson({ lines: answer.lines });
          else print(logText(answer.lines));
        }
      });
    });
}

/** A command that asks one question and shows the answer. */
function addReport<Answer>(
  host: Command,
  name: string,
  description: string,
  ask: (client: TtClient) => Promise<Answer>,
  textOf: (answer: Answer) => string,
): void {
  withJson(host.command(name))
    .description(description)
    .action(async (_options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const answer = await ask(client);
        if (wantsJson(command)) printJson(answer);
        else print(textOf(answer));
      });
    });
}

async function followLog(client: TtClient, { level, text, limit }: LogOptions, json: boolean): Promise<void> {
  const filters = given({ level, text });
  // Before the first line is shown: whoever has seen one may interrupt.
  const waiting = interrupted();
  try {
    let answer = await client.admin.log({ ...filters, limit });
    while (!waiting.signal.aborted) {
      if (json) for (const line of answer.lines) printJsonLine(line);
      else print(`${answer.isGap ? '… some lines were too many to hold\n' : ''}${logText(answer.lines)}`);
      if (answer.lines.length < MOST_LOG_LINES) await pause(LOOK_EVERY_MS, waiting.signal);
      if (!waiting.signal.aborted)
        answer = await client.admin.log({ ...filters, after: answer.next, limit: MOST_LOG_LINES });
    }
  } finally {
    waiting.stop();
  }
}
