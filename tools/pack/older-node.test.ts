// The npm package runs on older Nodes than the sources: what it is started with says so to Nodes that are too old, and the
// sources of `tt` use nothing newer that is not filled in.
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../agent/host/run-command.ts';
import { fillInOlderNode } from '../../cli/older-node.ts';
import { buildStart, START } from './npm-package.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Of the language and of Node, newer than Node 20.0 (node.green, Node's documentation), by what uses of them look like. */
const newer: readonly RegExp[] = [
  /\bPromise\.(withResolvers|try)\b/g,
  /\bURL\.parse\b/g,
  /\bArray\.fromAsync\b/g,
  /\b(Object|Map)\.groupBy\b/g,
  /\bRegExp\.escape\b/g,
  /\bError\.isError\b/g,
  /\bIterator\.from\b/g,
  /\b(Async)?DisposableStack\b/g,
  /\bUint8Array\.from(Base64|Hex)\b/g,
  /\.(isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(/g,
  /\.(values|keys|entries)\(\)\s*\.(map|filter|take|drop|flatMap|reduce|toArray|some|every|find|forEach)\(/g,
  /\bMath\.sumPrecise\b/g,
  /\bimport\.meta\.(dirname|filename|main)\b/g,
  /\bprocess\.(getBuiltinModule|loadEnvFile|features\.typescript)\b/g,
  /'node:(sqlite|sea)'/g,
];
/** Where programs of a checkout start, which is not in the package. */
const notPacked =
  /^client\/node\/launch\.mjs$|(^|\/)(bin|node_modules|testing|fixtures)\/|\.test\.ts$|(^|\/)test-[\w-]+\.ts$/;

/** Each use with its file, without what {@link fillInOlderNode} provides. */
function newerNames(file: string, text: string): string[] {
  const code = text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  return newer.flatMap((pattern) => [...code.matchAll(pattern)].map(([name]) => `${file}: ${name}`));
}

describe('sources of tt', () => {
  it('use nothing that Node 20 lacks, but what is filled in', () => {
    const files = globSync('{cli,client,protocol}/**/*.{ts,mjs}', { cwd: root }).filter(
      (file) => !notPacked.test(file),
    );
    expect(files.length).toBeGreaterThan(100);
    const found = files.flatMap((file) => newerNames(file, readFileSync(path.join(root, file), 'utf8')));
    const names = new Set(found.map((text) => text.replace(/^.*: /, '')));
    expect([...names].sort()).toEqual(['Promise.withResolvers', 'URL.parse', 'process.getBuiltinModule']);
  });

  it.each([
    'await Array.fromAsync(a)',
    "import { x } from 'node:sqlite'",
    'map.values().map(String)',
    'a.isSubsetOf(b)',
  ])('would be found with %s', (text) => {
    expect(newerNames('x.ts', text)).toHaveLength(1);
    expect(newerNames('x.ts', `// ${text}`)).toEqual([]);
  });
});

describe('what is filled in', () => {
  it('does as the real ones, which stay where they are', async () => {
    const [real, parse, builtin] = [Promise.withResolvers, URL.parse, process.getBuiltinModule];
    const names = [] as string[];
    try {
      for (const [owner, name] of [
        [Promise, 'withResolvers'],
        [URL, 'parse'],
        [process, 'getBuiltinModule'],
      ] as const) {
        Reflect.deleteProperty(owner, name);
      }
      fillInOlderNode((name) => names.push(name));
      const { promise, resolve } = Promise.withResolvers<number>();
      resolve(7);
      expect(await promise).toBe(7);
      const failing = Promise.withResolvers();
      failing.reject(new Error('no'));
      await expect(failing.promise).rejects.toThrow('no');
      expect([URL.parse('http://a/b')?.pathname, URL.parse('c', 'http://a/b')?.href, URL.parse('::')]).toEqual([
        '/b',
        'http://a/c',
        null,
      ]);
      process.getBuiltinModule('node:fs');
      expect(names).toEqual(['node:fs']);
    } finally {
      Object.assign(Promise, { withResolvers: real });
      Object.assign(URL, { parse });
      Object.assign(process, { getBuiltinModule: builtin });
    }
    fillInOlderNode(() => expect.unreachable());
    expect([Promise.withResolvers, URL.parse]).toEqual([real, parse]);
  });
});

describe('what the package is started with', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tt-start-'));
    await buildStart(root, folder);
    await writeFile(path.join(folder, 'main.cjs'), "console.log('runs', process.argv.slice(2).join());");
    // In place of another Node.
    await writeFile(
      path.join(folder, 'as-node.cjs'),
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: process.env.AS_NODE } });",
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const start = (asNode: string) =>
    runCommand(process.execPath, ['-r', path.join(folder, 'as-node.cjs'), path.join(folder, START), 'a', 'b'], {
      timeoutMs: 60_000,
      env: { AS_NODE: asNode, TT_HOME: path.join(folder, 'home') },
      okExitCodes: [0, 69],
    });

  it.each(['18.20.8', '6.17.1', '0.10.48'])('tells Node %s what it needs, and runs nothing', async (version) => {
    const { exitCode, stdout, stderr } = await start(version);
    expect([exitCode, stdout]).toEqual([69, '']);
    expect(stderr).toMatch(
      /^tt needs Node 20 or newer, this is v\S+\. Use a newer Node, or the single executable of tt, which needs none\.\n$/,
    );
  });

  it.each(['20.0.0', '24.0.0', '30.1.0'])('runs the built file on Node %s', async (version) => {
    expect(await start(version)).toEqual({ exitCode: 0, stdout: 'runs a,b\n', stderr: '' });
  });

  it('is nothing that an old Node could not read', () => {
    const text = readFileSync(path.join(folder, START), 'utf8');
    expect(text.startsWith('#!/usr/bin/env node\n')).toBe(true);
    const code = text.replaceAll(/"[^"]*"|\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect(code.match(/\?\?|\?\.|\basync\b|\bawait\b|\bimport\b|catch \{|\.\.\.|\*\*|^\s*#\w+/gm)).toBeNull();
  });
});
