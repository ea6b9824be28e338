// Licences of the packages that reach a user's machine: those the product's sources import, and what these need. Read from the
// lock file, so a new package is refused before it is shipped.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const ALLOWED = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'BlueOak-1.0.0',
  '(MIT OR CC0-1.0)',
  'Unlicense',
]);
/** Weak copyleft, per package: used unchanged, its source is public, and its notice is shipped. */
const EXCEPTIONS = new Map([['@novnc/novnc', 'MPL-2.0']]);
/** Says it only in its LICENSE file and in a field of older npm, which are no part of the lock file: MIT. */
const IN_ITS_FILE = new Map([['ssh2', 'MIT']]);
const PRODUCT = ['protocol', 'client', 'server', 'agent', 'cli', 'proxy', 'renderer', 'main', 'preload'];

interface Locked {
  license?: string;
  link?: boolean;
  dependencies?: Record<string, string>;
}
const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};

/** `@scope/name` or `name` of what is imported; null for own files, Node's modules and Electron, which is the platform. */
function packageOf(specifier: string): string | null {
  if (/^(node:|\.|\/|@tt\/|electron$|virtual:)/.test(specifier)) return null;
  return /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[1] ?? null;
}

function importedPackages(): Set<string> {
  const found = new Set<string>();
  const files = globSync(`{${PRODUCT.join(',')}}/**/*.{ts,tsx}`, { cwd: root });
  for (const file of files.filter(
    (name) => !/\bnode_modules\b|\.test\.tsx?$|\/test-[\w-]+\.ts$|\/testing\//.test(name),
  )) {
    const text = readFileSync(path.join(root, file), 'utf8');
    for (const [, specifier = ''] of text.matchAll(
      /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)/gm,
    )) {
      const name = packageOf(specifier);
      if (name !== null) found.add(name);
    }
  }
  return found;
}

/** Where Node would find `name` from the package at `from`: the nearest `node_modules` upwards. */
function placeOf(name: string, from: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (lock.packages[place]) return place;
    if (folder === '') return null;
  }
}

function withDependencies(names: Iterable<string>): Map<string, string> {
  const licences = new Map<string, string>();
  const visit = (name: string, from: string): void => {
    const place = placeOf(name, from);
    // Optional peers and platforms of others are not in the lock file.
    if (place === null || licences.has(place)) return;
    const { license = IN_ITS_FILE.get(name) ?? 'none', dependencies = {} } = lock.packages[place] ?? {};
    licences.set(place, license);
    for (const dependency of Object.keys(dependencies)) visit(dependency, place);
  };
  for (const name of names) visit(name, '');
  return licences;
}

const nameAt = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe('packages that run on a user’s machine', () => {
  const licences = withDependencies(importedPackages());

  it('have a licence that allows it', () => {
    const refused = [...licences].filter(
      ([place, licence]) => !ALLOWED.has(licence) && EXCEPTIONS.get(nameAt(place)) !== licence,
    );
    expect(refused).toEqual([]);
  });

  it('are really looked at, those they need included', () => {
    const names = new Set([...licences.keys()].map(nameAt));
    for (const name of ['react', 'zod', 'fastify', '@novnc/novnc', 'scheduler']) expect(names).toContain(name);
    expect(placeOf('no-such-package', '')).toBeNull();
    expect(packageOf('@scope/name/sub/path')).toBe('@scope/name');
  });

  it('leave no exception that nobody needs', () => {
    const names = new Set([...licences.keys()].map(nameAt));
    expect([...EXCEPTIONS.keys()].filter((name) => !names.has(name))).toEqual([]);
  });
});
