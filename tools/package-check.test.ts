// The rules for the asar, and the real asar held against them.
import { describe, expect, it } from 'vitest';
import { asarProblems, programProblems, secretProblems } from './asar-rules.ts';
import { checkPackage } from './package-check.ts';

const good = [
  '/package.json',
  '/out',
  '/out/main',
  '/out/main/main.js',
  '/out/preload',
  '/out/preload/preload.cjs',
  '/out/renderer',
  '/out/renderer/index.html',
  '/out/renderer/assets/index-B1_x.js',
  '/out/agent',
  '/out/agent/main.js',
  '/out/agent/licenses.md',
  '/out/agent/debian-12.yaml',
  '/out/agent/guest/initrd-init',
  '/out/agent/guest/etc/init.d/rcS',
  '/out/agent/guest-helper',
  '/out/agent/guest-helper/x86_64',
];

describe('asarProblems', () => {
  it('takes the bundles and nothing else', () => {
    expect(asarProblems(good)).toEqual([]);
  });

  it.each([
    ['/out/renderer/app.tsx', 'is a source file'],
    ['/out/main/main.js.map', 'is a source map'],
    ['/out/agent/guest/boot.test.js', 'belongs to the tests'],
    ['/node_modules/zod/index.js', 'is an unbundled dependency'],
    ['/out/renderer/.env.local', 'looks like a secret'],
    ['/out/agent/token', 'looks like a secret'],
    ['/out/agent/guest-helper/main.c', 'does not belong there'],
    ['/out/main/server.pem', 'looks like a secret'],
    ['/agent/agent.js', 'does not belong there'],
    ['/.tt/state', 'is a private folder'],
  ])('refuses %s', (file, reason) => {
    expect(asarProblems([...good, file])).toEqual([`${file} ${reason}`]);
  });

  it('refuses what the build notes for itself', () => {
    const note = '/out/agent/built-from.json';
    expect(asarProblems([...good, note])).toEqual([`${note} does not belong there`]);
  });

  it('misses what is not there', () => {
    expect(asarProblems(good.filter((file) => file !== '/out/preload/preload.cjs'))).toEqual([
      '/out/preload/preload.cjs is missing',
    ]);
  });
});

it('sees a secret in a text', () => {
  expect(secretProblems('/a.js', `const key = 'AKIA${'A'.repeat(16)}'`)).toEqual(['/a.js holds an AWS key']);
  expect(secretProblems('/a.js', 'const token = readToken()')).toEqual([]);
});

it('sees a program that is not whole', () => {
  expect(programProblems('/a.js', 'import { a } from "node:fs";\nimport { b } from "zod";\n')).toEqual([
    '/a.js still imports zod',
  ]);
  expect(programProblems('/a.js', 'const script = `export A\nexec "$b"`;')).toEqual([]);
});

it('packages the desktop with nothing in it that should not be', { timeout: 120_000 }, async () => {
  const { problems, listing } = await checkPackage();
  expect(problems).toEqual([]);
  expect(listing).toContain('/out/main/main.js');
});
