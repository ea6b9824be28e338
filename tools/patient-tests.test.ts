// Tests pass on a machine that is busy: what they wait for may come late, and how long something took is measured by the benches. Ways
// by which unit tests forgot that are found in their text.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const folders = ['agent', 'cli', 'client', 'main', 'protocol', 'proxy', 'renderer', 'server', 'tools'];

/** What is wrong, and what it looks like. */
const hasty: Readonly<Record<string, RegExp>> = {
  'gives up after a second, where expect.poll and until() are patient': /\bvi\.(waitFor|waitUntil)\(/g,
  'measures how long something took': /\bexpect\((performance|Date)\.now\(\) - \w+\)\.toBeLess/g,
};
/** Tests with real guests have limits that users may rely on. */
const OF_A_TIER = /^\/\/ @module-tag \w+$/m;

function found(file: string, text: string): string[] {
  if (OF_A_TIER.test(text)) return [];
  return Object.entries(hasty).flatMap(([what, sign]) =>
    [...text.matchAll(sign)].map(({ index }) => `${file}:${text.slice(0, index).split('\n').length}: ${what}`),
  );
}

function testsIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testsIn(name);
    return /\.(test|contract)\.tsx?$/.test(name) ? [name] : [];
  });
}

it('unit tests are patient', () => {
  const files = folders.flatMap(testsIn).filter((file) => path.join(root, file) !== import.meta.filename);
  expect(files.length).toBeGreaterThan(500);
  expect(files.flatMap((file) => found(file, readFileSync(path.join(root, file), 'utf8')))).toEqual([]);
});

it.each([
  ['await vi.waitFor(() => expect(a).toBe(b));', 1],
  ['expect(performance.now() - begun).toBeLessThan(2_000);', 1],
  ['// @module-tag deep\nexpect(Date.now() - begun).toBeLessThan(2_000);', 0],
  ['await expect.poll(() => a).toBe(b);', 0],
])('the check finds what is hasty in %j', (text, count) => {
  expect(found('x.test.ts', text)).toHaveLength(count);
});
