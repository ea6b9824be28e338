// `tt doctor`: finds out why `tt` or its server does not do what it should, and says what to do about each.
import { reasonText, terms, TtError } from '@tt/protocol';
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { inOneLine, printJson } from '../output.ts';
import { asKnownFailure, reach, type Reached, readSystems } from '../reach.ts';
import { readChoice, withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { TT_VERSION } from '../version.ts';
import { wantsJson, withJson } from './json-option.ts';

export interface Check {
  name: string;
  passed: boolean;
  /** What was found. */
  description: string;
  /** What to do; null where nothing is wrong. */
  fix: string | null;
}

const CLOCK_MAX_MS = 60_000;

export function addDoctorCommand(program: Command): void {
  withJson(program.command('doctor'))
    .description('check this computer’s settings and the server, and say how to fix what is wrong')
    .action(async (_options: unknown, command: Command) => {
      const checks = await allChecks();
      if (wantsJson(command)) printJson({ checks });
      else print(checks.map(checkText).join(''));
      if (checks.some(({ passed }) => !passed)) process.exitCode = exitCodes.failed;
    });
}

async function allChecks(): Promise<Check[]> {
  const choice = await readChoice();
  const server = passed('server', choice ? choice.url : 'the private agent of this computer');
  try {
    const reached = await reach();
    const [systems, tasks] = await Promise.all([readSystems(), taskChecks()]);
    return [server, ...serverChecks(reached), systemCheck(systems), ...tasks];
  } catch (error) {
    return [server, failed('reachable', asKnownFailure(error))];
  }
}

export function serverChecks({ host, me, latencyMs, clockAheadMs }: Reached): Check[] {
  const seconds = Math.round(clockAheadMs / 1000);
  return [
    passed('reachable', `${host.name} answers in ${latencyMs.toFixed(1)} ms`),
    passed('user', `${me.name} (${me.role})`),
    check('version', host.version === TT_VERSION, `tt ${TT_VERSION}, server ${host.version}`, 'Update the older one.'),
    check(
      'clock',
      Math.abs(clockAheadMs) <= CLOCK_MAX_MS,
      `the server’s clock differs by ${Math.abs(seconds)} s`,
      'Set the clock of this computer or of the server (NTP).',
    ),
    ...host.engines.map(({ name, problem }) =>
      check(
        `engine ${name}`,
        problem === null,
        problem === null ? 'can start VMs' : reasonText(problem, terms),
        'Run "tt-agent doctor" on the server.',
      ),
    ),
    ...host.warnings.map((warning) =>
      check('host', false, reasonText(warning, terms), 'Run "tt-agent doctor" on the server.'),
    ),
  ];
}

function systemCheck(systems: readonly string[]): Check {
  const description = systems.length === 0 ? 'there is none' : systems.join(', ');
  return check('systems', systems.length > 0, description, 'Import or build an image: tt image --help');
}

/** Of administrators; nobody else may ask for them. */
async function taskChecks(): Promise<Check[]> {
  try {
    const { tasks } = await withServer(({ client }) => client.host.tasks());
    const bad = tasks.filter(({ state }) => state === 'failing' || state === 'stuck');
    if (bad.length === 0) return [passed('background tasks', `${tasks.length}, none failing`)];
    return bad.map(({ name, state, lastError }) =>
      check(
        `task ${name}`,
        false,
        `${state}${lastError === null ? '' : `: ${lastError}`}`,
        'See the log of the agent.',
      ),
    );
  } catch (error) {
    if (error instanceof TtError && error.code === 'NOT_ALLOWED') return [];
    throw error;
  }
}

function passed(name: string, description: string): Check {
  return { name, passed: true, description, fix: null };
}

function check(name: string, isGood: boolean, description: string, fix: string): Check {
  return isGood ? passed(name, description) : { name, passed: false, description, fix };
}

function failed(name: string, error: TtError): Check {
  return { name, passed: false, description: `${error.message} [${error.code}]`, fix: error.fix };
}

function checkText({ name, passed: isGood, description, fix }: Check): string {
  const line = `${isGood ? 'ok' : 'no'}  ${name}: ${inOneLine(description)}\n`;
  return fix === null ? line : `${line}    ${inOneLine(fix)}\n`;
}
