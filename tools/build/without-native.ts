// A part of the build of programs: native parts that a package can do without are not there. They are asked for within `try`, and what
// takes their place throws: ssh2 then computes with Node's crypto, and asks nobody what the processor can do.
import type { Plugin } from 'vite';

const PREFIX = '\0not-there:';
const OPTIONAL_PACKAGES: ReadonlySet<string> = new Set(['cpu-features']);
/**
 * Files of it ask for the folder they are in, which a module of a bundle has not: for a program for PuTTY on Windows, and for a
 * WebAssembly that is in the text. Nothing is read there.
 */
const KNOW_THEIR_FOLDER = '/node_modules/ssh2/lib/';

export function withoutNative(): Plugin {
  return {
    name: 'tt-without-native',
    enforce: 'pre',
    resolveId(source) {
      return OPTIONAL_PACKAGES.has(source) || source.endsWith('.node') ? { id: PREFIX + source } : null;
    },
    transform(code, id) {
      if (!id.includes(KNOW_THEIR_FOLDER) || !code.includes('__dirname')) return null;
      return { code: `var __dirname = '/';${code}`, map: null };
    },
    load(id) {
      if (!id.startsWith(PREFIX)) return null;
      return { code: `throw new Error(${JSON.stringify(`${id.slice(PREFIX.length)} is not in this build`)});` };
    },
  };
}
