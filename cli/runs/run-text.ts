// Runs as people read them: how each machine ended, and lists of runs.
import { hasSucceeded, type Run, type RunDetail, type RunVm } from '@tt/protocol';
import { fileSize, inOneLine, table } from '../output.ts';

const results: Readonly<Record<RunVm['state'], string>> = {
  waiting: 'waiting',
  running: 'running',
  exited: 'failed',
  timedOut: 'timed out',
  cancelled: 'cancelled',
  unreachable: 'not reached',
  lost: 'lost',
};

export function resultOf(vm: RunVm): string {
  return hasSucceeded(vm) ? 'ok' : results[vm.state];
}

/** `3`, `SIGKILL`, or `-`. */
export function exitOf({ exitCode, signal }: Pick<RunVm, 'exitCode' | 'signal'>): string {
  return exitCode === null ? (signal ?? '-') : String(exitCode);
}

/** Of one that runs: until now. Null before it runs. */
export function secondsOf({ startedAt, endedAt }: Pick<RunVm, 'startedAt' | 'endedAt'>): number | null {
  if (startedAt === null) return null;
  const end = endedAt === null ? Date.now() : Date.parse(endedAt);
  return Math.max(0, end - Date.parse(startedAt)) / 1000;
}

/** `3.2 s`, `2 min 5 s`, or `-`. */
export function timeText(seconds: number | null): string {
  if (seconds === null) return '-';
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

/** One line for each machine. */
export function runGrid(details: readonly RunDetail[], columns?: number | null): string {
  const rows = details.flatMap(({ vms }) =>
    vms.map((vm) => [vm.vmName, vm.os, resultOf(vm), exitOf(vm), timeText(secondsOf(vm)), printedOf(vm)]),
  );
  return table(['VM', 'OS', 'RESULT', 'EXIT', 'TIME', 'OUTPUT'], rows, ...(columns === undefined ? [] : [columns]));
}

/** `12 B`, `3 KiB`, `5 MiB`, and whether all of it was kept. */
function printedOf({ stdout, stderr, isCut }: RunVm): string {
  const bytes = stdout.bytes + stderr.bytes;
  return isCut ? `${fileSize(bytes)}, cut` : fileSize(bytes);
}

/** Why machines did not do it, one line each; of a plain exit code nothing is to be said. */
export function failuresText(details: readonly RunDetail[]): string {
  const failures = details.flatMap(({ vms }) => vms.flatMap(({ failure }) => failure ?? []));
  return failures.map(({ message, fix, code }) => `${inOneLine(message)}\n    ${inOneLine(fix)} [${code}]\n`).join('');
}

/** Which machines were reached by the guest agent alone, which is slower and knows less; empty if none was. */
export function agentOnlyText(details: readonly RunDetail[]): string {
  const names = details.flatMap(({ vms }) => vms.filter(({ via }) => via === 'guestAgent').map(({ vmName }) => vmName));
  return names.length === 0 ? '' : `By the guest agent alone, without the helper: ${inOneLine(names.join(', '))}\n`;
}

/** `2 ok, 1 failed, 1 not reached` */
export function countsText({ counts }: Pick<Run, 'counts'>): string {
  const { waiting, running, succeeded, failed, timedOut, cancelled, unreachable, lost } = counts;
  const parts: readonly [number, string][] = [
    [waiting, 'waiting'],
    [running, 'running'],
    [succeeded, 'ok'],
    [failed, 'failed'],
    [timedOut, 'timed out'],
    [cancelled, 'cancelled'],
    [unreachable, 'not reached'],
    [lost, 'lost'],
  ];
  const some = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return some.length > 0 ? some.join(', ') : 'no VMs';
}

export function runTable(runs: readonly Run[]): string {
  const rows = runs.map((run) => [
    run.id,
    run.envName,
    run.state,
    countsText(run),
    run.startedAt,
    run.startedBy,
    run.title ?? '',
  ]);
  return table(['ID', 'ENV', 'STATE', 'RESULTS', 'STARTED', 'BY', 'COMMAND'], rows);
}
