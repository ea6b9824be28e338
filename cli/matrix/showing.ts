// A matrix while it runs: the grid on a terminal; elsewhere a line for each step that has ended, and what machines print, if wanted.
import type { VmProgress } from '@tt/client/matrix-run';
import type { NodeConnection } from '@tt/client/node';
import { type MatrixReport, type MatrixStepState, type RunVm, TtError } from '@tt/protocol';
import { inOneLine } from '../output.ts';
import { LineStreams } from '../runs/run-lines.ts';
import { drawBlock, print, printError } from '../terminal.ts';
import { cellText, matrixGrid } from './matrix-text.ts';

/** Lines of a terminal that are not for the grid. */
const SPARE_LINES = 2;
const TICK_MS = 1_000;
const PENDING: ReadonlySet<MatrixStepState> = new Set(['waiting', 'running', 'skipped', 'notReached']);

export class Showing {
  readonly #lines: LineStreams | null;
  readonly #isLive: boolean;
  readonly #prints: boolean;
  /** Steps that were told, by machine. */
  readonly #told = new Set<string>();
  #draw: () => void = () => {};
  #ticking: NodeJS.Timeout | undefined;

  constructor(connection: NodeConnection, { json, streams }: { json: boolean; streams: boolean }) {
    this.#lines = streams ? new LineStreams(connection) : null;
    this.#isLive = !json && !streams && process.stderr.isTTY;
    this.#prints = !json && !this.#isLive;
  }

  begin(now: () => MatrixReport): void {
    if (!this.#isLive) return;
    this.#draw = () => drawBlock(liveMatrix(now(), process.stderr.rows, process.stderr.columns));
    this.#ticking = setInterval(this.#draw, TICK_MS);
    this.#draw();
  }

  changed({ plan: { vmId, vmName }, steps }: VmProgress): void {
    this.#draw();
    for (const [index, step] of this.#prints ? steps.entries() : []) {
      const key = `${vmId} ${index}`;
      if (PENDING.has(step.state) || this.#told.has(key)) continue;
      this.#told.add(key);
      print(`${vmName}: ${inOneLine(step.name)}: ${cellText(step)}\n`);
    }
  }

  /** The output of this machine can be followed from now on. */
  begun(runId: string, vm: RunVm): void {
    this.#lines?.follow(runId, [vm]);
  }

  /** When all that was printed is shown. */
  async end(): Promise<void> {
    clearInterval(this.#ticking);
    if (this.#isLive) drawBlock('');
    try {
      await this.#lines?.end();
    } catch (error) {
      // The report has it all the same.
      if (!(error instanceof TtError)) throw error;
      printError(`tt: ${inOneLine(error.message)} [${error.code}]\n`);
    }
  }
}

/** The grid so far; where it does not fit on the screen, how many machines are done. */
export function liveMatrix(report: MatrixReport, rows: number, columns: number): string {
  const grid = matrixGrid(report, columns);
  if (grid.split('\n').length + SPARE_LINES <= rows) return grid;
  const done = report.vms.filter(({ result }) => result !== null).length;
  return `${inOneLine(report.name)}: ${done} of ${report.vms.length} VMs are done\n`;
}
