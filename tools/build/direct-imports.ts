// A part of the build of programs: what our sources import from an index file (`@tt/protocol`) is imported from the file that
// defines it. A part that is loaded when needed would else run all that the index passes on, such as every schema of the
// contract, for one name.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Plugin, parseAst } from 'vite';

/** Where an exported name comes from. */
interface Origin {
  file: string;
  /** Its name there. */
  name: string;
}

/** The index files by the names they are imported by; paths from the root. */
const indexes: Readonly<Record<string, string>> = {
  '@tt/protocol': 'protocol/index.ts',
  '@tt/client': 'client/index.ts',
  '@tt/client/node': 'client/node/index.ts',
  '@tt/server': 'server/index.ts',
};

export function directImports(root: string): Plugin {
  const known = new Map<string, ReadonlyMap<string, Origin>>();
  return {
    name: 'tt-direct-imports',
    enforce: 'pre',
    transform(code, id) {
      const isOurs = id.startsWith(root + path.sep) && !id.includes('node_modules') && id.endsWith('.ts');
      if (!isOurs) return null;
      const replacements = importsOf(code).flatMap(({ source, start, end, specifiers }) => {
        const index = indexes[source];
        if (index === undefined || specifiers === null) return [];
        const origins = known.get(index) ?? originsIn(path.join(root, index));
        known.set(index, origins);
        return [{ start, end, text: specifiers.map((specifier) => direct(specifier, origins, source)).join(' ') }];
      });
      if (replacements.length === 0) return null;
      let text = code;
      for (const { start, end, text: instead } of replacements.toReversed()) {
        // On one line, as many lines as before: places in the text stay true.
        const lines = code.slice(start, end).split('\n').length - 1;
        text = text.slice(0, start) + instead + '\n'.repeat(lines) + text.slice(end);
      }
      return { code: text, map: null };
    },
  };
}

interface Specifier {
  imported: string;
  local: string;
}

function direct({ imported, local }: Specifier, origins: ReadonlyMap<string, Origin>, source: string): string {
  const { file, name } = origins.get(imported) ?? { file: source, name: imported };
  return `import { ${name} as ${local} } from ${JSON.stringify(file)};`;
}

type Node = Record<string, unknown> & { type: string; start: number; end: number };

function statements(code: string): Node[] {
  return parseAst(code, { lang: 'ts', astType: 'ts' }).body as unknown as Node[];
}

/** Imports of values; `specifiers` is null for one that takes the whole module. Types alone are left out. */
function importsOf(code: string): { source: string; start: number; end: number; specifiers: Specifier[] | null }[] {
  return statements(code)
    .filter(({ type, importKind }) => type === 'ImportDeclaration' && importKind !== 'type')
    .map(({ source, start, end, specifiers }) => {
      const parts = (specifiers as Node[]).filter(({ importKind }) => importKind !== 'type');
      const whole = parts.length === 0 || parts.some(({ type }) => type !== 'ImportSpecifier');
      const named = () => parts.map(({ imported, local }) => ({ imported: nameOf(imported), local: nameOf(local) }));
      return { source: nameOf(source), start, end, specifiers: whole ? null : named() };
    });
}

/** Each name that a file exports, with the file that defines it. */
function originsIn(file: string): Map<string, Origin> {
  const found = new Map<string, Origin>();
  for (const { type, exportKind, source, specifiers, declaration } of statements(readFileSync(file, 'utf8'))) {
    const from = source ? path.resolve(path.dirname(file), nameOf(source)) : null;
    if (type === 'ExportAllDeclaration' && from !== null && exportKind !== 'type') {
      for (const [name, origin] of originsIn(from)) found.set(name, origin);
    }
    if (type !== 'ExportNamedDeclaration' || exportKind === 'type') continue;
    for (const { exported, local, exportKind: kind } of specifiers as Node[]) {
      if (kind === 'type') continue;
      const inner = from?.startsWith(path.sep) ? originsIn(from).get(nameOf(local)) : undefined;
      found.set(nameOf(exported), inner ?? { file, name: nameOf(exported) });
    }
    for (const name of declaredNames(declaration as Node | null)) found.set(name, { file, name });
  }
  return found;
}

function declaredNames(declaration: Node | null): string[] {
  if (!declaration) return [];
  if (declaration.type === 'VariableDeclaration')
    return (declaration['declarations'] as Node[]).map(({ id }) => nameOf(id));
  return declaration['id'] ? [nameOf(declaration['id'])] : [];
}

/** The name or text that an identifier or literal is. */
function nameOf(node: unknown): string {
  const { name, value } = node as { name?: string; value?: string };
  return name ?? value ?? '';
}
