// A part of the build of programs: Node's own modules are asked for when the part that uses them runs, and without the
// import statement. An import makes Node read every export of the module once, which for node:http, node:fs or node:process
// loads much more of Node than the program ever uses (90 ms of processor time for node:http alone).
import { isBuiltin } from 'node:module';
import type { Plugin } from 'vite';

const PREFIX = '\0builtin:';
/** Packages import these for a function that they may call: the module is loaded when it is called. All they export are functions. */
const CALLED_LATE: ReadonlySet<string> = new Set(['child_process']);

export function lazyBuiltins(): Plugin {
  return {
    name: 'tt-lazy-builtins',
    enforce: 'pre',
    resolveId(source, _importer, options) {
      if (!isBuiltin(source)) return null;
      // CommonJS packages `require` them, which is cheap already.
      if ('kind' in options && options.kind === 'require-call') return { id: source, external: true };
      return { id: PREFIX + source.replace(/^node:/, ''), moduleSideEffects: false };
    },
    load(id) {
      if (!id.startsWith(PREFIX)) return null;
      return { code: moduleText(id.slice(PREFIX.length)), moduleSideEffects: false };
    },
  };
}

/** An ES module with the exports of a built-in one; those that are not used fall away. */
function moduleText(name: string): string {
  const builtin = process.getBuiltinModule(`node:${name}`) as Record<string, unknown>;
  const names = Object.keys(builtin).filter((key) => key !== 'default' && /^[A-Za-z_]\w*$/.test(key));
  if (CALLED_LATE.has(name)) {
    return [
      ...names.map((key) => `const ${key} = (...given) => process.getBuiltinModule('node:${name}').${key}(...given);`),
      `export { ${names.join(', ')} };`,
      `export default { ${names.join(', ')} };`,
    ].join('\n');
  }
  return [
    `const builtin = /* @__PURE__ */ process.getBuiltinModule('node:${name}');`,
    'export default builtin;',
    ...names.map((key, at) => `const name${at} = /* @__PURE__ */ (() => builtin.${key})();`),
    `export { ${names.map((key, at) => `name${at} as ${key}`).join(', ')} };`,
  ].join('\n');
}
