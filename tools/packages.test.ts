// What can be checked of packages of others without a network, from the lock file: each is pinned and has a hash, comes from the
// registry, runs nothing when it is installed, and the libraries at the borders are there once. Known flaws are `npm audit`'s.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
/**
 * Would run code when they are installed; boot.mjs has none run. electron-winstaller copies the 7-Zip of this processor, for Windows
 * installers; the others would compile what they can do without.
 */
const INSTALL_SCRIPTS = new Set(['electron-winstaller', 'ssh2', 'cpu-features']);
/** Read what strangers send, or keep it apart: two versions of one would be two to fix, and one forgotten. */
const BORDER_LIBRARIES = [
  '@fastify/static',
  '@novnc/novnc',
  '@orpc/client',
  '@orpc/contract',
  '@orpc/openapi',
  '@orpc/server',
  '@orpc/standard-server',
  'electron',
  'fastify',
  'find-my-way',
  'htmlparser2',
  'pino',
  'react',
  'react-dom',
  'secure-json-parse',
  'ssh2',
  'ws',
  'yaml',
  'zod',
];
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
/** An address, a folder or a repository in place of a range of versions of the registry. */
const ELSEWHERE = /[:/#]/;

interface Manifest {
  version?: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}
type Lock = Readonly<Record<string, Manifest>>;

const nameAt = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
const isOwn = (place: string): boolean => !place.includes('node_modules/');

function faultsOf(lock: Lock): string[] {
  const faults: string[] = [];
  const versions = new Map<string, Set<string>>();
  for (const [place, manifest] of Object.entries(lock)) {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const wanted = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    if (isOwn(place)) {
      const loose = wanted.filter(([, range]) => !EXACT.test(range));
      faults.push(...loose.map(([name, range]) => `${place || 'package.json'}: ${name} ${range} is not one version`));
      continue;
    }
    const foreign = wanted.filter(([, range]) => ELSEWHERE.test(range.replace(/^npm:@?[\w./-]+@/, '')));
    faults.push(...foreign.map(([name, range]) => `${place}: ${name} comes from ${range}`));
    if (manifest.link) {
      if (!isOwn(manifest.resolved ?? 'node_modules/')) faults.push(`${place}: leads to ${String(manifest.resolved)}`);
      continue;
    }
    const name = nameAt(place);
    versions.set(name, (versions.get(name) ?? new Set()).add(manifest.version ?? ''));
    if (!manifest.integrity?.startsWith('sha512-')) faults.push(`${place}: has no sha512`);
    if (!EXACT.test(manifest.version ?? '')) faults.push(`${place}: ${String(manifest.version)} is not one version`);
    // npm leaves out where it fetched from; an address that is kept was not the registry's.
    if (manifest.resolved !== undefined) faults.push(`${place}: comes from ${manifest.resolved}`);
    if (manifest.hasInstallScript && !INSTALL_SCRIPTS.has(name))
      faults.push(`${place}: runs code when it is installed`);
  }
  for (const name of BORDER_LIBRARIES) {
    const found = [...(versions.get(name) ?? [])];
    if (found.length !== 1) faults.push(`${name}: ${found.length} versions (${found.join(', ')})`);
  }
  return faults;
}

const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as { packages: Lock };

describe('packages of others', () => {
  it('are pinned, hashed, from the registry, and run nothing when they are installed', () => {
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    expect(faultsOf(packages)).toEqual([]);
  });

  it('are the ones the manifests of this checkout name', () => {
    for (const place of Object.keys(packages).filter(isOwn)) {
      const own = JSON.parse(readFileSync(path.join(root, place, 'package.json'), 'utf8')) as Manifest;
      for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'] as const) {
        expect({ place, kind, ...packages[place]?.[kind] }).toEqual({ place, kind, ...own[kind] });
      }
    }
  });

  const good = { version: '1.0.0', integrity: 'sha512-x' };
  it.each([
    ['a range in a manifest of ours', { agent: { dependencies: { yaml: '^2.0.0' } } }],
    ['a version that is no version', { '': { devDependencies: { yaml: 'latest' } } }],
    ['no hash', { 'node_modules/x': { version: '1.0.0' } }],
    ['a weak hash', { 'node_modules/x': { version: '1.0.0', integrity: 'sha1-x' } }],
    ['a git address', { 'node_modules/x': { ...good, resolved: 'git+ssh://git@example.invalid/x.git#1' } }],
    ['a dependency on GitHub', { 'node_modules/x': { ...good, dependencies: { y: 'someone/y#main' } } }],
    [
      'a dependency on an address',
      { 'node_modules/x': { ...good, dependencies: { y: 'https://example.invalid/y.tgz' } } },
    ],
    ['a link out of the checkout', { 'node_modules/x': { link: true, resolved: '../x/node_modules/x' } }],
    ['a script at installation', { 'node_modules/x': { ...good, hasInstallScript: true } }],
    ['a border library twice', { 'node_modules/x/node_modules/ws': { ...good, version: '7.0.0' } }],
  ])('with %s are found', (_what, planted) => {
    expect(faultsOf({ ...packages, ...planted })).toHaveLength(1);
  });
});
