// Only the writers write to a terminal, so that foreign text is always escaped.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
/** They escape what they write; the doctor writes colours, what a package starts with only words of its own. */
const WRITERS = ['cli/terminal.ts', 'cli/packed-start.ts', 'agent/command/doctor.ts'];

it.each(['cli', 'agent', 'proxy'])('no other code of %s writes to its output', async (folder) => {
  const files = await readdir(path.join(root, folder), { recursive: true });
  const sources = files
    .filter((file) => /(?<!\btest)\.ts$/.test(file) && !/node_modules|\btest-|testing/.test(file))
    .map((file) => path.join(folder, file))
    .filter((file) => !WRITERS.includes(file));
  expect(sources.length).toBeGreaterThan(4);
  for (const file of sources) {
    const text = await readFile(path.join(root, file), 'utf8');
    expect(text, file).not.toMatch(/\bstd(out|err)\.write\(|\bconsole\.(log|error|warn|info|debug)\(/);
  }
});
