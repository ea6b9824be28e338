// What `npm start` builds again: whatever the window and the programs are made from, the guides of the help too.
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildIfStale, SOURCES } from './build-if-stale.ts';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
let npm: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-stale-'));
  npm = process.env['npm_execpath'];
  // In place of npm: one more line for each build.
  process.env['npm_execpath'] = path.join(folder, 'npm.cjs');
  await write('npm.cjs', "require('node:fs').appendFileSync('builds', 'x')");
  await write('out/setup.log', '');
});
afterEach(async () => {
  if (npm === undefined) delete process.env['npm_execpath'];
  else process.env['npm_execpath'] = npm;
  await rm(folder, { recursive: true });
});

async function write(name: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  await writeFile(path.join(folder, name), text);
}

/** As if it had been changed after all that was built. */
async function change(name: string): Promise<void> {
  await write(name, 'changed');
  const later = new Date(Date.now() + 60_000);
  await utimes(path.join(folder, name), later, later);
}

const builds = async () => (await readFile(path.join(folder, 'builds'), 'utf8')).length;

it.each(['renderer/app.tsx', 'docs/user-guide.md', 'docs/zh/user-guide.md'])('builds again after %s', async (name) => {
  await write(name, 'as it was');
  await buildIfStale(folder);
  await buildIfStale(folder);
  expect(await builds()).toBe(1);
  await change(name);
  await buildIfStale(folder);
  expect(await builds()).toBe(2);
});

it('nothing that is built in from elsewhere is left out', async () => {
  const imports = /(?:from|import\()\s*'([^']+)\?raw'/g;
  const built: string[] = [];
  for (const name of await readdir(path.join(root, 'renderer'), { recursive: true })) {
    if (!/\.tsx?$/.test(name)) continue;
    const file = path.join(root, 'renderer', name);
    const text = await readFile(file, 'utf8');
    for (const [, from = ''] of text.matchAll(imports)) built.push(path.join(path.dirname(file), from));
  }
  const names = built.map((file) => path.relative(root, file));
  expect(names).toContain('docs/user-guide.md');
  const watched = (name: string) => SOURCES.some((source) => name === source || name.startsWith(`${source}/`));
  expect(names.filter((name) => !watched(name))).toEqual([]);
});
