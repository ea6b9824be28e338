// The doctor of a host that an agent runs on, for those who ask the agent: what `tt-agent doctor` finds there. A run starts programs and
// tries things out, so all who ask share one, and it is not repeated before its findings are some seconds old.
import { type HostFinding, type HostFindings, quoted, reason } from '@tt/protocol';
import { ConfigError } from '../config/errors.ts';
import type { AgentConfig } from '../config.ts';
import { type CheckResult, finding } from '../doctor/check.ts';
import { checksFor } from '../doctor/checks/index.ts';
import type { Machine } from '../doctor/machine.ts';
import { runChecks } from '../doctor/run-checks.ts';

export interface HostFindingsParts {
  /** In force. */
  config: () => AgentConfig;
  /** Keys that differ in the file and count after a restart. Rejects with ConfigError for a file with errors. */
  waitingKeys: () => Promise<readonly string[]>;
  machine: Machine;
  now: () => Date;
}

const states = { true: 'ok', false: 'failed', optional: 'warning' } as const;

export class HostFindingsRuns {
  readonly #parts: HostFindingsParts;
  #last: HostFindings | null = null;
  #underWay: Promise<HostFindings> | null = null;

  constructor(parts: HostFindingsParts) {
    this.#parts = parts;
  }

  /** Findings that are at most this many seconds old, or those of a run that is under way. */
  latest(maxAgeS: number): Promise<HostFindings> {
    if (this.#underWay) return this.#underWay;
    const last = this.#last;
    const ageMs = last ? this.#parts.now().getTime() - Date.parse(last.at) : Number.POSITIVE_INFINITY;
    // A clock that was set back makes findings of the future, which are of no age anybody knows.
    if (last && ageMs >= 0 && ageMs <= maxAgeS * 1000) return Promise.resolve(last);
    const run = this.#run().finally(() => {
      this.#underWay = null;
    });
    this.#underWay = run;
    return run;
  }

  async #run(): Promise<HostFindings> {
    const { config, machine, now } = this.#parts;
    const results = await Promise.all([this.#configuration(), runChecks(checksFor(config()), machine)]);
    this.#last = { at: now().toISOString(), findings: results.flat().map(findingOf) };
    return this.#last;
  }

  async #configuration(): Promise<CheckResult> {
    const name = 'configuration';
    const file = this.#parts.config().configFile;
    try {
      const waiting = await this.#parts.waitingKeys();
      const named = file === null ? reason('finding.noConfig') : reason('finding.config', { file });
      if (waiting.length === 0) return { name, ...finding(true, named) };
      const what = reason('finding.configWaiting', { file: file ?? '-', keys: waiting.join(', ') });
      return { name, ...finding('optional', what, ['systemctl restart tt-agent']) };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const said = error.problems.length > 0 ? error.message : error.code;
      return { name, ...finding(false, quoted('finding.configBefore', said), [reason(`fix.${error.code}`)]) };
    }
  }
}

function findingOf({ name, passed, description, fixes, codes = [], fixCodes = [] }: CheckResult): HostFinding {
  return {
    name,
    state: states[`${passed}`],
    description,
    fixes: [...fixes],
    codes: [...codes],
    fixCodes: [...fixCodes],
  };
}
