// What a package for hosts is, whichever program installs it: its files, what it needs, and what becomes of its service. deb/ and rpm/ make
// packages of it.
import { gzipSync } from 'node:zlib';

/** A file or folder that is copied, or what a file holds. Modes: 0755 for folders, for programs and where `isProgram` says so, otherwise 0644. */
export type Content = ({ from: string } | { text: string } | { bytes: Uint8Array }) & { isProgram?: boolean };

/** What runs the package, by the names of Debian. */
export type Architecture = 'amd64' | 'arm64';

/** Names of other packages, and versions in the form of each: `libc6 (>= 2.28)`, `glibc >= 2.28`. */
export interface Needed {
  deb: readonly string[];
  rpm: readonly string[];
}

export interface HostPackage {
  name: string;
  version: string;
  architecture: Architecture;
  /** One line, and paragraphs. */
  summary: string;
  description: readonly string[];
  depends: Needed;
  recommends: Needed;
  /** Text of the licence, and the file with those of what is built in; null: nothing is. */
  license: string;
  licenses: string | null;
  /** Path in the package, without the leading slash, as Debian has it. */
  files: ReadonlyMap<string, Content>;
  /** Paths in it, with the leading slash, that admins change: an upgrade leaves theirs in place. */
  configFiles: readonly string[];
  /** Functions of sh (services/*.sh) by which its scripts start, replace and end its service; null: it has none. */
  service: string | null;
}

/** Writes a package into the folder `output`, and gives its path. `isQuick`: larger, in less time, for tests. */
export type BuildPackage = (host: HostPackage, output: string, isQuick?: boolean) => Promise<string>;

const LINE_LENGTH = 78;

export const MAINTAINER = 'The TT authors <tt@example.invalid>';

/** As gzip -9n makes it: the same bytes each time. */
export function compressed(text: string): Content {
  return { bytes: gzipSync(text, { level: 9 }) };
}

/** Lines for terminals of 80 columns. */
export function inLines(paragraph: string): string[] {
  const lines: string[] = [];
  for (const word of paragraph.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < LINE_LENGTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
