// The components of the window as syntax trees, for tests that read what is written in them.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAst } from 'vite';

const root = path.resolve(import.meta.dirname, '..');

export type Node = Record<string, unknown> & { type: string };

/** Every component's file, by its path from the root of the repository. */
export function componentSources(): { file: string; source: string }[] {
  return globSync('renderer/**/*.tsx', { cwd: root, exclude: ['**/*.test.tsx'] }).map((found) => {
    const file = found.replaceAll(path.sep, '/');
    return { file, source: readFileSync(path.join(root, file), 'utf8') };
  });
}

export function parseTsx(source: string): unknown {
  return parseAst(source, { lang: 'tsx' });
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The name of an element or an attribute; empty where it has none of its own (`a.B`, a spread). */
export function nameOf({ name }: Node): string {
  return isNode(name) ? String(name['name']) : '';
}

export function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) for (const part of value) visit(part, see);
  if (!isNode(value)) return;
  see(value);
  for (const part of Object.values(value)) visit(part, see);
}
