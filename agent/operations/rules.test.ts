// Two rules of operations that types cannot hold: there is one way to start one, and functions take what they use.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const agent = path.resolve(import.meta.dirname, '..');
const sources = readdirSync(agent, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/(^|\/)(node_modules|testing)\//.test(file))
  .map((file) => ({ file, text: readFileSync(path.join(agent, file), 'utf8') }));

const filesWith = (pattern: RegExp) => sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

it('operations are started by runOperation alone', () => {
  expect(sources.length).toBeGreaterThan(300);
  expect(filesWith(/\boperations\s*\.run\(/)).toEqual(['operations/run-operation.ts']);
});

it('a function that names the few services it uses does not ask for all of them', () => {
  const few = /\{([^{}]*)\}: Services\b/g;
  const greedy = sources.flatMap(({ file, text }) =>
    [...text.matchAll(few)]
      .filter(([, names = '']) => names.split(',').filter((name) => name.trim() !== '').length <= 5)
      .map(([found]) => `${file}: ${found}`),
  );
  expect(greedy).toEqual([]);
});
