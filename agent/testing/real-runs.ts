// Test support: runs on machines of a real agent, waited for and read.
import { withSentCommand } from '@tt/client';
import { runOutput } from '@tt/client/node';
import { MOST_SCRIPT_BYTES, type RunCommand, type RunDetail } from '@tt/protocol';
import type { RealAgent } from './real-agent.ts';
import { until } from './until.ts';

export const sh = (text: string): RunCommand => ({ script: { text } });

/** Prints how many processes of its guest have this command line. */
export const countOfProcesses = (line: string) =>
  `n=0; for p in /proc/[0-9]*; do [ "$(tr '\\0' ' ' 2>/dev/null <$p/cmdline)" = "${line} " ] && n=$((n+1)); done; echo $n`;

export interface RealRunsParts {
  /** The one that runs now. */
  agent: () => RealAgent;
  /** Whose output is read. */
  vmId: () => string;
  patienceMs: number;
  /** Of each run. */
  more?: () => object;
}

export class RealRuns {
  readonly #parts: RealRunsParts;

  constructor(parts: RealRunsParts) {
    this.#parts = parts;
  }

  async start(command: RunCommand, more: object = {}): Promise<RunDetail> {
    const { agent, patienceMs, more: common } = this.#parts;
    return agent().client.run.start({ envName: 'demo', command, waitMs: patienceMs, ...common?.(), ...more });
  }

  /** A script of 4 MiB, the longest there is: it prints the first line of its input, which is `one`, and exits with 7. */
  async runLongScript(): Promise<RunDetail> {
    const { agent, patienceMs, more } = this.#parts;
    const [first, last] = ['read word\necho "$word"\n', 'exit 7\n'];
    const comment = '# some words of a comment, which a shell reads and leaves out\n';
    const count = Math.floor((MOST_SCRIPT_BYTES - first.length - last.length) / comment.length);
    const command = sh(`${first}${comment.repeat(count)}${last}`);
    const request = { envName: 'demo', waitMs: patienceMs, stdin: Buffer.from('one\ntwo\n').toString('base64') };
    const begun = await withSentCommand(agent().connection, command, (sent) =>
      agent().client.run.start({ ...request, command: sent, ...more?.() }),
    );
    return this.ended(begun.run.id);
  }

  async ended(runId: string): Promise<RunDetail> {
    const { agent, patienceMs } = this.#parts;
    const look = async () => {
      const detail = await agent().client.run.show({ runId });
      return detail.run.state === 'ended' ? detail : null;
    };
    return until('the run has ended', look, patienceMs);
  }

  async run(command: RunCommand, more: object = {}): Promise<RunDetail> {
    return this.ended((await this.start(command, more)).run.id);
  }

  /**
   * Resolves when each of its machines has printed something that is written down: what was only counted is lost with an agent that is
   * killed.
   */
  async printed(runId: string): Promise<void> {
    const { agent, patienceMs } = this.#parts;
    const look = async () => {
      const { vms } = await agent().client.run.show({ runId });
      return vms.length > 0 && vms.every(({ state, stdout }) => state === 'running' && stdout.keptBytes > 0);
    };
    await until('it runs and has printed', look, patienceMs);
  }

  async output({ run: { id: runId } }: RunDetail, channel: 'stdout' | 'stderr'): Promise<Buffer> {
    const parts: Buffer[] = [];
    const wanted = { runId, vmId: this.#parts.vmId(), channel };
    for await (const bytes of runOutput(this.#parts.agent().connection, wanted)) parts.push(bytes);
    return Buffer.concat(parts);
  }

  /** How many processes of the guest have this command line. */
  async countOf(line: string): Promise<string> {
    return (await this.output(await this.run(sh(countOfProcesses(line))), 'stdout')).toString().trim();
  }
}
