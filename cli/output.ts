// Output of `tt`: tables for people, the contract's objects for scripts (`--json`), failures on standard error.
import { asFileProblem } from '@tt/client/node';
import { asReason, type ErrorCode, reasonText, terms, TtError, toErrorRecord, visible } from '@tt/protocol';
import { exitCodeFor, exitCodes } from './exit-codes.ts';
import { asOutputProblem } from './local-file.ts';
import { asNameProblem } from './name-problem.ts';
import { messageOf } from './snapshot-name.ts';
import { printAnswer, printError, terminalColumns } from './terminal.ts';
import { padded, shortened, textWidth } from './text-width.ts';

let isInLines = false;

/** Whether each object is one line: for answers that are shown again and again. */
export function printJsonInLines(on: boolean): void {
  isInLines = on;
}

/** Prints an object of the contract as it is. */
export function printJson(value: unknown): void {
  printAnswer(`${JSON.stringify(value, null, isInLines ? undefined : 2)}\n`);
}

/** For those who read line by line. */
export function printJsonLine(value: unknown): void {
  printAnswer(`${JSON.stringify(value)}\n`);
}

/** `label: text` in lines, the texts below one another; a line without a label goes on with the one above. */
export function labelled(lines: readonly (readonly [label: string, text: string])[]): string {
  const width = Math.max(...lines.map(([label]) => label.length)) + 2;
  return lines.map(([label, text]) => `${(label === '' ? '' : `${label}:`).padEnd(width)}${text}\n`).join('');
}

/**
 * Columns as wide as their widest cell, two spaces between; nothing but the head for an empty list. Texts of others stay in their
 * row: a line feed in one would make a row that nobody wrote. On a terminal (`columns` wide) long cells are cut; null: they are whole.
 */
export function table(
  head: readonly string[],
  texts: readonly (readonly string[])[],
  columns: number | null = terminalColumns(),
): string {
  const rows = texts.map((row) => row.map(inOneLine));
  const widest = head.map((title, column) =>
    Math.max(textWidth(title), ...rows.map((row) => textWidth(row[column] ?? ''))),
  );
  const widths = columns === null ? widest : fitted(widest, head.map(textWidth), columns);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => padded(shortened(cell, widths[column] ?? 0), widths[column] ?? 0))
      .join(GAP)
      .trimEnd();
  return [head, ...rows].map((cells) => `${line(cells)}\n`).join('');
}

const GAP = '  ';

/** Takes from the widest columns until all fit, but leaves each its title, and the first one, which names the row, as it is. */
function fitted(widest: readonly number[], least: readonly number[], columns: number): number[] {
  const widths = [...widest];
  const total = () => widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
  const spare = (column: number) => (column === 0 ? 0 : (widths[column] ?? 0) - (least[column] ?? 0));
  while (total() > columns) {
    const candidates = widths.map((width, column) => (spare(column) > 0 ? width : 0));
    const widestLeft = Math.max(...candidates);
    if (widestLeft === 0) break;
    widths[candidates.lastIndexOf(widestLeft)] = widestLeft - 1;
  }
  return widths;
}

/** Texts of others inside a line that `tt` writes: what would end the line, or move in it, is shown as its escape. */
export function inOneLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/** Prints a failure and gives the exit code for it. */
export function printFailure(failure: unknown, json: boolean): number {
  const error = asNameProblem(asFileProblem(failure));
  if (!(error instanceof TtError)) {
    printError(`tt: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitCodes.failed;
  }
  if (json) printError(`${JSON.stringify({ error: toErrorRecord(error) }, null, 2)}\n`);
  else {
    const [message = '', ...more] = messageOf(error).split('\n');
    const head = `tt: ${inOneLine(message)}\n${block(more)}`;
    printError(`${head}    ${inOneLine(error.fix)} [${error.code}]\n${details(error)}`);
    const option = optionFor[error.code as ErrorCode];
    if (option !== undefined) printError(`    ${option}\n`);
  }
  return exitCodeFor(error.code);
}

/** What of `tt` does what an error asks for; the same error is read in the window, which has no options. */
export const optionFor: Readonly<Partial<Record<ErrorCode, string>>> = {
  GUEST_FILE_EXISTS: '--force overwrites files in guests.',
};

/**
 * What is done when the output can't be written: a reader that is gone (`tt env list | head`) ends `tt` quietly, anything else
 * (a full disk) is said in one line, if that can be.
 */
export function endWithOutput(): void {
  for (const [stream, name] of [
    [process.stdout, 'standard output'],
    [process.stderr, 'standard error'],
  ] as const) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? exitCodes.ok);
      if (stream === process.stderr) process.exit(exitCodes.failed);
      const problem = asOutputProblem(error, name);
      printError(`tt: ${inOneLine(problem.message)} [${problem.code}]\n`);
      process.exit(exitCodeFor(problem.code));
    });
  }
}

/** Near matches and log lines, where the error brings some. */
function details(error: TtError): string {
  const data: Record<string, unknown> = { ...error.data };
  const names = data['suggestions'];
  const near = Array.isArray(names) && names.length > 0 ? `    Did you mean: ${inOneLine(names.join(', '))}?\n` : '';
  const tail = Array.isArray(data['logTail']) ? data['logTail'].flatMap((line) => String(line).split('\n')) : [];
  return near + block(tail) + block(problemsIn(data['problems']));
}

/** Of a file with several faults: where each is, but the first, which the sentence tells. */
function problemsIn(problems: unknown): string[] {
  if (!Array.isArray(problems)) return [];
  return problems.slice(1).flatMap((problem: { line?: unknown; column?: unknown; reason?: unknown }) => {
    const why = asReason(problem.reason);
    return why ? [`line ${String(problem.line)}, column ${String(problem.column)}: ${reasonText(why, terms)}`] : [];
  });
}

/** Lines of others, none of which looks like a line of `tt`. */
function block(lines: readonly string[]): string {
  return lines.map((line) => `    | ${inOneLine(line)}\n`).join('');
}

/** `1 h 5 min`, `12 min`, `30 s`; a time in the past is `expired`. */
export function duration(ms: number): string {
  if (ms <= 0) return 'expired';
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `512 MiB`, `1.5 GiB`, `8.6 TiB`. */
export function size(bytes: number): string {
  const mib = bytes / 1024 / 1024;
  if (mib < 1024) return `${Math.round(mib)} MiB`;
  const gib = mib / 1024;
  return gib < 1024 ? `${gib.toFixed(1)} GiB` : `${(gib / 1024).toFixed(1)} TiB`;
}

/** Of files, which may be small: `12 B`, `3 KiB`, then as {@link size}. */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KiB` : size(bytes);
}

/** `0 B/s`, `12.5 KiB/s`, `3.0 MiB/s`; `-` where the host does not tell. */
export function rate(bytesPerS: number | null): string {
  if (bytesPerS === null) return '-';
  if (bytesPerS < 1024) return `${Math.round(bytesPerS)} B/s`;
  const kib = bytesPerS / 1024;
  return kib < 1024 ? `${kib.toFixed(1)} KiB/s` : `${(kib / 1024).toFixed(1)} MiB/s`;
}
