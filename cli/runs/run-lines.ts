// What machines print, line by line, each with the name of its machine in front: stdout on standard output, stderr on standard error.
import { StringDecoder } from 'node:string_decoder';
import { type NodeConnection, runOutput } from '@tt/client/node';
import type { RunOutputChannel, RunVm } from '@tt/protocol';
import { inOneLine } from '../output.ts';
import { print, printError } from '../terminal.ts';

/** Streams at once; machines that come later are shown when others have ended. */
const MOST_STREAMS = 128;
/** A line that is longer is shown in pieces. */
const LONGEST_LINE = 64 * 1024;

/** The whole lines of a text that comes in pieces; the last one may lack its end. */
export class Lines {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  push(bytes: Buffer): string[] {
    const lines = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = lines.pop() ?? '';
    while (this.#rest.length > LONGEST_LINE) {
      lines.push(this.#rest.slice(0, LONGEST_LINE));
      this.#rest = this.#rest.slice(LONGEST_LINE);
    }
    return lines;
  }

  end(): string[] {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    return rest === '' ? [] : [rest];
  }
}

export class LineStreams {
  readonly #connection: NodeConnection;
  readonly #begun = new Set<string>();
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #all = new Set<Promise<void>>();
  #running = 0;
  #failure: unknown;

  constructor(connection: NodeConnection) {
    this.#connection = connection;
  }

  /** Shows what these machines print, from the beginning, once they have begun. To be called at each change; never twice for one. */
  follow(runId: string, vms: readonly RunVm[]): void {
    for (const vm of vms) {
      const key = `${runId} ${vm.vmId}`;
      if (vm.startedAt === null || this.#begun.has(key)) continue;
      this.#begun.add(key);
      for (const channel of ['stdout', 'stderr'] as const) this.#waiting.push(() => this.#show(runId, vm, channel));
    }
    this.#next();
  }

  /** Resolves when all that was begun is shown. Rejects with the first failure. */
  async end(): Promise<void> {
    while (this.#running > 0 || this.#waiting.length > 0) await Promise.all(this.#all);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #next(): void {
    while (this.#running < MOST_STREAMS) {
      const show = this.#waiting.shift();
      if (!show) return;
      this.#running++;
      const shown = show()
        .catch((error: unknown) => {
          this.#failure ??= error;
        })
        .finally(() => {
          this.#running--;
          this.#all.delete(shown);
          this.#next();
        });
      this.#all.add(shown);
    }
  }

  async #show(runId: string, { vmId, vmName }: RunVm, channel: RunOutputChannel): Promise<void> {
    const write = channel === 'stdout' ? print : printError;
    const lines = new Lines();
    const show = (all: readonly string[]) => {
      for (const line of all) write(`${vmName}: ${inOneLine(line.replace(/\r$/, ''))}\n`);
    };
    for await (const bytes of runOutput(this.#connection, { runId, vmId, channel })) show(lines.push(bytes));
    show(lines.end());
  }
}
