// Pure: formats the results as a table. Each state is a symbol and a word; colour only repeats it.
import { visible } from '@tt/protocol';
import type { CheckResult } from './check.ts';
import { canStart } from './run-checks.ts';

const WIDTH = 100;
/** The words of one doctor. */
export interface Tone {
  ok: string;
  optional: string;
  missing: string;
  allIsWell: string;
  /** Followed by the names of the checks. */
  mendFirst: string;
}

const GREEN = 32;
const RED = 31;
const DIM = 2;

interface Look {
  mark: string;
  word: string;
  colour: number;
}

/** `colour`: whether escape sequences may be written. Those in the results (file names, output of programs) never are. */
export function report(results: readonly CheckResult[], tone: Tone, colour: boolean): string {
  const paint = (text: string, code: number) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const nameWidth = Math.max(...results.map(({ name }) => name.length));
  const indent = ' '.repeat(13 + nameWidth);
  const lines = results.flatMap(({ name, passed, description, fixes }) => {
    const { mark, word, colour: code } = lookOf(passed, tone);
    const [first = '', ...rest] = wrap(visible(description), WIDTH - indent.length);
    return [
      `${paint(`${mark} ${word.padEnd(8)}`, code)} ${name.padEnd(nameWidth)}  ${first}`,
      ...rest.map((line) => indent + line),
      ...fixes.map((fix) => `${indent}${paint('->', DIM)} ${visible(fix)}`),
    ];
  });
  const missing = results.filter(({ passed }) => passed === false).map(({ name }) => name);
  const summary = canStart(results) ? tone.allIsWell : `${tone.mendFirst}: ${missing.join(', ')}.`;
  return `${lines.join('\n')}\n\n${summary}\n`;
}

function lookOf(passed: CheckResult['passed'], { ok, optional, missing }: Tone): Look {
  if (passed === true) return { mark: '+', word: ok, colour: GREEN };
  return passed === false ? { mark: 'x', word: missing, colour: RED } : { mark: '-', word: optional, colour: DIM };
}

/** Breaks at spaces; a word longer than `width` stays whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
