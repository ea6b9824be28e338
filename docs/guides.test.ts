// The guides' tables against the code: exit codes, flags of agent and proxy, keys of the window.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../cli/exit-codes.ts';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found).sort();

/** The text below one heading, up to the next of its kind. */
function section(text: string, heading: string): string {
  const start = text.indexOf(`\n## ${heading}\n`);
  if (start < 0) throw new Error(`there is no section ${heading}`);
  const end = text.indexOf('\n## ', start + 1);
  return text.slice(start, end < 0 ? undefined : end);
}

describe('the user guide', () => {
  const guide = read('docs/user-guide.md');

  it('explains every exit code', () => {
    const documented = all(guide, /^\| (\d+) +\|/gm);
    expect(documented).toEqual(Object.values(exitCodes).map(String).sort());
  });

  it('has the keys that the window shows', () => {
    const shown = all(read('renderer/shell/KeyList.tsx'), /^ {2}\['([^']+)', 'shell\.keys\./gm);
    expect(shown.length).toBeGreaterThan(5);
    expect(all(section(guide, 'Keys'), /^\| `([^`]+)`/gm)).toEqual(shown);
  });

  it('names only commands and flags that tt has', () => {
    const sources = ['env', 'snapshot', 'image', 'status', 'config', 'json-option'].map((name) =>
      read(`cli/commands/${name}.ts`),
    );
    const flags = new Set(all(sources.join('\n'), /'(--[\w-]+)/g));
    const named = all(section(guide, 'Command line'), /(?<![\w-])(--[a-z][\w-]+)/g);
    expect(named.filter((flag) => !flags.has(flag))).toEqual([]);
  });
});

describe('the admin guide', () => {
  const guide = read('docs/admin-guide.md');

  it.each([
    ['The agent', 'agent/config.ts'],
    ['The proxy', 'proxy/config.ts'],
  ])('has every flag of %s', (heading, source) => {
    const flags = all(read(source), /(?:[oO]ption|new Option)\(\s*'(--[\w-]+)/g);
    expect(flags.length).toBeGreaterThan(5);
    expect(all(section(guide, heading), /^\| `(--[\w-]+)/gm)).toEqual(flags);
  });
});
