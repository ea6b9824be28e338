// What an agent, and through it guests and other users, may have `tt` print: nothing of it acts on the terminal, what is JSON stays
// JSON, a row of a table stays one line, and a report has no markup but its own.
// @module-tag deep
import { TtError, errorTable } from '@tt/protocol';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fuzz, fuzzing } from '../agent/testing/fuzz.ts';
import { html, terminalText } from './matrix/html/markup.ts';
import { junitXml } from './runs/junit-xml.ts';
import { printFailure, printJson, table } from './output.ts';
import { print, printProgress } from './terminal.ts';

/** All that a terminal obeys: C0 but line feed and tab, DEL, C1, and what turns text around. Told apart from the code under test. */
const ACTS = /[^\n\t\P{Cc}]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

let written = '';
beforeEach(() => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written += String(text);
      return true;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

const hostile = fc.constantFrom(
  '\u001b]52;c;aGk=\u0007',
  '\u001b[2J',
  '\u009b31m',
  '\r',
  '\n',
  '\t',
  '\u202e',
  '\u2066',
  '\u0000',
  '\u2028',
);
const text = fc
  .array(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 6 })
  .map((parts) => parts.join(''));

function printed(work: () => void): string {
  written = '';
  work();
  return written;
}

it('texts', fuzzing, async () => {
  await fuzz(text, (value) => {
    expect(printed(() => print(value))).not.toMatch(ACTS);
    // Its own commands come first: to the start of the line, and clear it.
    expect(printed(() => printProgress(value)).replace('\r\u001b[2K', '')).not.toMatch(ACTS);
  });
});

it('tables', fuzzing, async () => {
  await fuzz(fc.array(fc.tuple(text, text), { maxLength: 5 }), (rows) => {
    const lines = printed(() => print(table(['name', 'notes'], rows))).split('\n');
    expect(lines).toHaveLength(rows.length + 2);
    expect(lines.join('')).not.toMatch(ACTS);
  });
});

it('JSON, and failures with any data', fuzzing, async () => {
  const value = fc.jsonValue({ stringUnit: 'binary' });
  const codes = fc.constantFrom(...Object.keys(errorTable));
  await fuzz(
    fc.tuple(value, codes, fc.dictionary(text, fc.oneof(text, value)), fc.boolean()),
    ([json, code, data, isJson]) => {
      const whole = printed(() => printJson({ json, data }));
      expect(whole).not.toMatch(ACTS);
      expect(JSON.parse(whole)).toEqual(JSON.parse(JSON.stringify({ json, data })));
      const failure = new TtError(code as never, data as never);
      expect(printed(() => printFailure(failure, isJson))).not.toMatch(ACTS);
    },
  );
});

it('reports', fuzzing, async () => {
  const markup = fc.constantFrom('<', '>', '"', "'", '&', ']]>', '<!--', '</pre>', '<script>', '\ud800');
  const value = fc.array(fc.oneof(text, markup), { maxLength: 8 }).map((parts) => parts.join(''));
  await fuzz(value, (said) => {
    const page = html`<p title="${said}">${terminalText(said)}</p>`.text;
    expect(page).toMatch(/^<p title="[^"<>]*">[^"<>]*<\/p>$/);
    expect(page).not.toMatch(ACTS);
    const about = { name: said, classname: said, seconds: null, problem: null, stdout: said, stderr: '' };
    const xml = junitXml(said, [{ name: said, seconds: 0, timestamp: said, cases: [about] }]);
    expect(xml.match(/<[^>]*>/g)?.length).toBe(said === '' ? 7 : 9);
    // What XML 1.0 has no place for.
    expect(xml).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  });
});
