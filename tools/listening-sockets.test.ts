// Every place of the product that opens a listening socket stands in SECURITY.md, with who may connect; and nothing stands there
// that is not in the sources.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const PRODUCT = '{protocol,client,server,agent,cli,proxy,renderer,main,preload}/**/*.ts';
/** Servers of Node, what tells QEMU to listen, and dnsmasq. */
const LISTENS = /\b(?:server|app|createServer\([^)]*\))\.listen\(|`unix:\$\{|['"`]hostfwd=|\['dnsmasq'/;
/** Support of tests is not shipped. */
const isSupport = /\bnode_modules\b|\.(?:test|contract)\.ts$|\/testing\/|\/(?:fake|test)-[^/]*$/;

function placesIn(files: Readonly<Record<string, string>>): string[] {
  return Object.entries(files)
    .filter(([, text]) => LISTENS.test(text))
    .map(([file]) => file)
    .sort();
}

function placesTold(): string[] {
  const text = readFileSync(path.join(root, 'SECURITY.md'), 'utf8');
  const table = /^## What listens$([^#]*)/m.exec(text)?.[1] ?? '';
  const files = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, file = '']) => file);
  return [...new Set(files)].sort();
}

it('SECURITY.md names every place that listens', () => {
  const names = globSync(PRODUCT, { cwd: root }).filter((file) => !isSupport.test(file));
  const files = Object.fromEntries(names.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
  expect(placesTold()).toEqual(placesIn(files));
});

it('a new one is found', () => {
  expect(
    placesIn({
      'a.ts': "createServer().listen(0, '127.0.0.1')",
      'b.ts': 'await app.listen({ port })',
      'c.ts': ['const args = [`unix:', '{file},server=on`]'].join('$'),
      'd.ts': 'this.#troubles.listen(listener)',
    }),
  ).toEqual(['a.ts', 'b.ts', 'c.ts']);
});
