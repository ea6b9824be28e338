// `tt-agent doctor`: what this host lacks for an agent with this configuration, each with the exact way to fix it.
import { stateDirectory } from '@tt/client/node';
import { visible } from '@tt/protocol';
import { ConfigError } from '../config/errors.ts';
import { defaultConfig } from '../config/read-config.ts';
import type { AgentConfig } from '../config.ts';
import type { CheckResult } from '../doctor/check.ts';
import { checksFor } from '../doctor/checks/index.ts';
import { type Machine, thisMachine } from '../doctor/machine.ts';
import { report, type Tone } from '../doctor/report.ts';
import { canStart, runChecks } from '../doctor/run-checks.ts';

const tone: Tone = {
  ok: 'ok',
  optional: 'warn',
  missing: 'fail',
  allIsWell: 'The agent can run here.',
  mendFirst: 'Fix this first',
};

/** One check as `--json` prints it. */
export interface DoctorLine {
  name: string;
  status: 'ok' | 'warn' | 'fail';
  description: string;
  fixes: readonly string[];
}

export async function runDoctor(read: () => Promise<AgentConfig>, asJson: boolean): Promise<void> {
  const results = await examine(read, thisMachine);
  // https://no-color.org: set and not empty means no colour.
  const colour = process.stdout.isTTY && !process.env['NO_COLOR'];
  const json = () => visible(`${JSON.stringify({ checks: results.map(lineOf) }, null, 2)}\n`);
  const text = asJson ? json() : report(results, tone, colour);
  // Once it is written, also through a pipe, nothing that still hangs may hold the process.
  await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  process.exit(canStart(results) ? 0 : 1);
}

/** An invalid configuration is itself a finding; the other checks then use the defaults. */
export async function examine(
  read: () => Promise<AgentConfig>,
  machineFor: (home: string) => Machine,
): Promise<CheckResult[]> {
  const { config, result } = await readToExamine(read);
  return [result, ...(await runChecks(checksFor(config), machineFor(config.home)))];
}

async function readToExamine(read: () => Promise<AgentConfig>): Promise<{ config: AgentConfig; result: CheckResult }> {
  const name = 'configuration';
  try {
    const config = await read();
    const description = config.configFile ?? 'no file: flags and defaults';
    return { config, result: { name, passed: true, description, fixes: [] } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const description = error.problems.length > 0 ? error.message : error.code;
    return {
      config: defaultConfig(stateDirectory()),
      result: { name, passed: false, description, fixes: [error.fix] },
    };
  }
}

export function lineOf({ name, passed, description, fixes }: CheckResult): DoctorLine {
  return { name, status: passed === true ? 'ok' : passed === false ? 'fail' : 'warn', description, fixes };
}
