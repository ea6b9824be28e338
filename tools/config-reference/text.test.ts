// docs/config-reference.md says what the schema says: every key with its meaning, type and default, and nothing stale.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { flags } from '../../agent/config/flags.ts';
import { keys } from '../../agent/config/keys.ts';
import { configReference } from './text.ts';

it('is what "npm run config:reference" writes', () => {
  const file = path.resolve(import.meta.dirname, '../../docs/config-reference.md');
  expect(readFileSync(file, 'utf8'), 'stale: run "npm run config:reference"').toBe(configReference());
});

it('has every key once, each with a meaning and a default', () => {
  const rows = configReference()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  // In the reference they stand by group, so only the set is compared.
  expect(rows).toHaveLength(keys.length);
  const named = new Set(rows.map((row) => /^\| `([^`]+)`/.exec(row)?.[1]));
  expect(named).toEqual(new Set(keys.map(({ path: key }) => key)));
  expect(keys.length).toBeGreaterThan(40);
  for (const { description, defaultText, type } of keys) {
    expect([description.endsWith('.'), defaultText, type]).toEqual([
      true,
      expect.stringMatching(/./) as string,
      expect.stringMatching(/./) as string,
    ]);
  }
  // Numbers without a unit are counts, ports or ids; sizes and times say theirs.
  const wantUnit = keys.filter(({ path: key }) => /MiB|[a-z]S$/.test(key));
  expect(wantUnit.filter(({ unit }) => unit === null).map(({ path: key }) => key)).toEqual([]);
});

it('names every flag', () => {
  const text = configReference();
  expect(flags.filter(({ flag }) => !text.includes(`\`${flag}\``)).map(({ flag }) => flag)).toEqual([]);
});
