// A matrix as people read it in a terminal: machines x steps, what went wrong, and what became of the ENV.
import { countResults } from '@tt/client/matrix-run';
import type { MatrixReport, MatrixResult, MatrixStepResult, MatrixStepState, MatrixVmResult } from '@tt/protocol';
import { inOneLine, table } from '../output.ts';
import { exitOf, secondsOf, timeText } from '../runs/run-text.ts';
import { textWidth } from '../text-width.ts';

export const stateWords: Readonly<Record<MatrixStepState, string>> = {
  waiting: 'waiting',
  running: 'running',
  passed: 'ok',
  failed: 'failed',
  unreachable: 'unreachable',
  cancelled: 'cancelled',
  skipped: 'skipped',
  notReached: 'not reached',
};
export const resultWords: Readonly<Record<MatrixResult, string>> = {
  passed: 'ok',
  failed: 'failed',
  unreachable: 'unreachable',
  cancelled: 'cancelled',
};
/** A grid that nobody measures, in a file or a pipe. */
const WIDEST = 160;

/** `ok 3.2 s`, `failed (3) 1.0 s, 2 tries` */
export function cellText(step: MatrixStepResult): string {
  const { state, timedOut, attempts, failure } = step;
  const how = state === 'failed' && !timedOut && !failure && attempts > 0 ? ` (${exitOf(step)})` : '';
  const word = state === 'failed' && timedOut ? 'timed out' : stateWords[state];
  const seconds = secondsOf(step);
  const time = seconds === null ? '' : ` ${timeText(seconds)}`;
  return `${word}${how}${time}${attempts > 1 ? `, ${attempts} tries` : ''}`;
}

export function vmResultText({ result }: Pick<MatrixVmResult, 'result'>): string {
  return result === null ? 'running' : resultWords[result];
}

/** A row for each machine; where that does not fit, a line for each step of each machine. */
export function matrixGrid(report: MatrixReport, columns: number | null): string {
  const { steps, vms } = report;
  const rows = vms.map((vm) => [vm.vmName, ...vm.steps.map(cellText), vmResultText(vm)]);
  const head = ['VM', ...steps, 'RESULT'];
  const widths = head.map((title, column) =>
    Math.max(textWidth(inOneLine(title)), ...rows.map((row) => textWidth(row[column] ?? ''))),
  );
  const whole = widths.reduce((sum, width) => sum + width + 2, -2);
  if (whole <= (columns ?? WIDEST)) return table(head, rows, null);
  const lines = vms.flatMap((vm) => [
    ...vm.steps.map((step) => [vm.vmName, step.name, cellText(step)]),
    [vm.vmName, '', vmResultText(vm)],
  ]);
  return table(['VM', 'STEP', 'RESULT'], lines, columns);
}

/** Why steps and machines failed where an exit code does not say it, and what could not be fetched: one line each. */
export function problemsText({ vms }: MatrixReport): string {
  const lines = vms.flatMap(({ vmName, failure, steps, artefacts }) => [
    ...(failure ? [`${vmName}: ${failure.message} [${failure.code}]`] : []),
    ...steps.flatMap((step) =>
      step.failure ? [`${vmName}: ${step.name}: ${step.failure.message} [${step.failure.code}]`] : [],
    ),
    ...artefacts.flatMap((fetched) => [
      ...(fetched.failure ? [`${vmName}: ${fetched.path}: ${fetched.failure.message} [${fetched.failure.code}]`] : []),
      ...fetched.leftOut.map((file) => `${vmName}: ${file} is left out: it is no plain file`),
    ]),
  ]);
  return lines.map((line) => `${inOneLine(line)}\n`).join('');
}

/** `smoke: 2 ok, 1 failed`, and what became of the ENV. */
export function endText(report: MatrixReport): string {
  const counts = countResults(report);
  const some = (['passed', 'failed', 'unreachable', 'cancelled'] as const).filter((result) => counts[result] > 0);
  const summary = some.map((result) => `${counts[result]} ${resultWords[result]}`).join(', ');
  return `${report.name}: ${summary === '' ? 'no VMs' : summary}\n${snapshotText(report)}${envText(report)}`;
}

function snapshotText({ snapshot, envName, env }: MatrixReport): string {
  if (!snapshot) return '';
  if (snapshot.failure) return `no snapshot: ${inOneLine(snapshot.failure.message)} [${snapshot.failure.code}]\n`;
  if (env?.state === 'deleted') return '';
  return `snapshot: ${snapshot.link}\n  tt snapshot revert ${envName} ${snapshot.name}\n`;
}

function envText({ env, envName }: MatrixReport): string {
  if (!env || env.state === 'deleted') return '';
  const until = env.endAt === null ? 'its lifetime ends it' : `it is deleted at ${env.endAt}`;
  return env.state === 'kept' ? `${envName} is kept: ${until}\n` : `${envName} could not be deleted: ${until}\n`;
}
