// The error table: it has the same codes as docs/errors.md, its templates only name fields of the error's data, and every code
// is still thrown somewhere.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type ErrorCode,
  type ErrorData,
  errorTable,
  fillTemplate,
  isErrorCode,
  TtError,
  toErrorRecord,
} from './errors.ts';
import type { TermCode } from './terms/index.ts';

const root = path.resolve(import.meta.dirname, '..');
const codes = Object.keys(errorTable).filter(isErrorCode).sort();

/** Texts of two words or more inside the data of errors, where they are thrown. */
function wordsIn(source: string): string[] {
  return source
    .split('new TtError(')
    .slice(1)
    .flatMap((after) => {
      const literals = argumentsOf(after).matchAll(/'(?:[^'\\\n]|\\.)*'|`[^`]*`/g);
      return [...literals].map(([literal]) => literal).filter((literal) => /[a-z’]+ [a-z]+/.test(literal));
    });
}

/** Up to the parenthesis that ends the call. */
function argumentsOf(after: string): string {
  let depth = 1;
  for (let at = 0; at < after.length; at++) {
    if (after[at] === '(') depth++;
    if (after[at] === ')' && --depth === 0) return after.slice(0, at);
  }
  return after;
}

describe('the error table', () => {
  it('has the same codes as docs/errors.md, both ways, each once', () => {
    const documented = readFileSync(path.join(root, 'docs/errors.md'), 'utf8')
      .split('\n')
      .flatMap((line) => /^### `?([A-Z][A-Z_]*)`?/.exec(line)?.[1] ?? []);
    expect(documented.toSorted()).toEqual(codes);
  });

  it('has the status, data and sentences that docs/errors.md gives', () => {
    const page = readFileSync(path.join(root, 'docs/errors.md'), 'utf8');
    const missing = codes.flatMap((code) => {
      const section = (page.split(`\n### ${code}\n`)[1]?.split('\n### ')[0] ?? '').replaceAll(/` \([^)]*\)/g, '`');
      const { status, message, fix, data } = errorTable[code];
      const fields = Object.keys(data.shape).map((field) => `\`${field}\``);
      const wanted = [
        `Status ${status}, `,
        fields.length === 0 ? 'No data.' : `Data: ${fields.join(', ')}.`,
        `- Says: ${message}\n`,
        // Where the whole sentence comes with the error, the page says where it comes from.
        /^\{\w+\}$/.test(fix) ? `\`${fix}\`` : `- Do: ${fix}\n`,
      ];
      return wanted.filter((text) => !section.includes(text)).map((text) => `${code}: ${text.trim()}`);
    });
    expect(missing).toEqual([]);
  });

  it('fills every field of its templates from its own data', () => {
    const unknown = codes.flatMap((code) => {
      const { message, fix, data } = errorTable[code];
      const fields = [...`${message} ${fix}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
      return fields.filter((field) => !Object.hasOwn(data.shape, field)).map((field) => `${code}: ${field}`);
    });
    expect(unknown).toEqual([]);
  });

  it('speaks in whole sentences, with a status that HTTP knows as a failure', () => {
    const odd = codes.filter((code) => {
      const { message, fix, status } = errorTable[code];
      const sentence = /^[\p{Lu}“{].*[.}]$/u;
      return !(sentence.test(message) && sentence.test(fix) && status >= 400 && status < 600);
    });
    expect(odd).toEqual([]);
  });

  const sources = ['agent', 'client', 'server', 'cli', 'proxy', 'main', 'renderer', 'tools']
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        path.join(root, folder, file),
      ),
    )
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|node_modules/.test(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

  it('has no code that nothing throws any more', () => {
    expect(codes.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });

  it('is thrown with names and codes, never with words written where it is thrown', () => {
    expect(wordsIn(sources)).toEqual([]);
    const spoken = "new TtError('X', { a: `the host of it`, b: 'ok', c: reason('x'), d: f({ e: 'not so good' }) })";
    expect(wordsIn(spoken)).toEqual(['`the host of it`', "'not so good'"]);
  });

  it('does not take what every object has for a code', () => {
    const asked = ['ENV_BUSY', 'toString', 'constructor', '__proto__', '', null, 7];
    expect(asked.filter(isErrorCode)).toEqual(['ENV_BUSY']);
  });
});

describe('TtError', () => {
  it('is read from a server that says anything in it', () => {
    const data = { toString: 'x', constructor: 'x', vmName: 'tiny-2-1', state: 'constructor' };
    expect(new TtError('VM_NOT_RUNNING', data as never).message).toContain('constructor');
    const reason = { code: 'constructor', data: {}, quote: null };
    expect(new TtError('IMAGE_REFUSED', { source: 'x', reason } as never).message).toContain('constructor');
  });

  it('becomes a record with message and fix filled in', () => {
    const error = new TtError('MEMORY_EXHAUSTED', { totalMiB: 1000, usedMiB: 900, wantedMiB: 256 });
    expect(error.status).toBe(409);
    expect(toErrorRecord(error)).toEqual({
      code: 'MEMORY_EXHAUSTED',
      message: 'Not enough memory: total 1000 MiB, used 900 MiB, requested 256 MiB.',
      fix: 'Stop or delete VMs, or ask for less memory.',
      data: { totalMiB: 1000, usedMiB: 900, wantedMiB: 256 },
    });
  });

  it('fills templates without ever showing [object Object]', () => {
    const filled = fillTemplate('{list} {missing} {empty} {object} {zero}', {
      list: ['a', 'b'],
      empty: null,
      object: { a: 1 },
      zero: 0,
    });
    expect(filled).toBe('a, b {missing} {empty} {"a":1} 0');
  });

  it('ties the data to the code, at compile time', () => {
    expectTypeOf<ErrorData<'ENV_BUSY'>>().toEqualTypeOf<{ envName: string; operation: TermCode<'activity'> }>();
    expectTypeOf(new TtError('NAME_INVALID', { name: 'x' }).data).toEqualTypeOf<{ name: string }>();
    expectTypeOf<'NO_SUCH_CODE'>().not.toExtend<ErrorCode>();
    // @ts-expect-error -- ENV_BUSY needs the operation that holds it
    expect(new TtError('ENV_BUSY', { envName: 'x' }).code).toBe('ENV_BUSY');
  });
});
