// Documents as tested artefacts: every file, folder, npm script and link they name is there, and they name no machine's own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.join('docs', file)),
];
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const scripts = new Set(Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts));
/** Folders of the repository a path may begin with, and what ends it: a file with an extension, or a slash. */
const TOP = 'agent|assets|bench|cli|client|docs|e2e|main|preload|protocol|proxy|renderer|server|tools';
const PATH = new RegExp(
  `(?<![\\w./-])(?:${TOP})/(?:[\\w.-]+/)*(?:[\\w-]+(?:\\.[\\w-]+)*\\.(?:tsx?|mjs|md|png|json|css|html|yml))?`,
  'g',
);

describe.each(documents)('%s', (document) => {
  const text = read(document);

  it('names only files and folders that are there', () => {
    const missing = [...text.matchAll(PATH)]
      .map(([found]) => found)
      .filter((found) => !existsSync(path.join(root, found)));
    expect(missing).toEqual([]);
  });

  it('links only to files that are there', () => {
    const folder = path.dirname(path.join(root, document));
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(path.join(folder, link)))).toEqual([]);
  });

  it('names only npm scripts that are there', () => {
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !scripts.has(script))).toEqual([]);
  });

  it('names no folder or registry of one machine', () => {
    expect(text.match(/\/(?:home|root|work|tmp|Users)\/|https?:\/\/(?!127\.0\.0\.1|localhost)/g)).toBeNull();
  });
});

it('the walkthrough lists enough files to be one', () => {
  expect([...read('docs/walkthrough-start-vm.md').matchAll(PATH)].length).toBeGreaterThan(40);
});
