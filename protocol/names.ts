// Rules for the names people type (ENVs, snapshots) and the way OS prefixes match image names. Used by every process.
import { distance } from 'fastest-levenshtein';

/** Letters, digits, `_`, `.` and `-`, starting with a letter or digit, at most 63 characters (design.md 4). */
export const NAME_RULE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

/** True when `name` may name an ENV or a snapshot. */
export function isValidName(name: string): boolean {
  return NAME_RULE.test(name);
}

/** Of copies of an ENV: `demo`, or `demo-1` to `demo-3`. */
export function copyNames(newName: string, copies: number): string[] {
  return copies === 1 ? [newName] : Array.from({ length: copies }, (_, index) => `${newName}-${index + 1}`);
}

/** The three parts of an image name `engine:os-version:variant`, e.g. `qemu:debian-12:default`. */
export interface ImageNameParts {
  engine: string;
  os: string;
  variant: string;
}

/** Splits an image name; null when it does not have three non-empty parts. */
export function parseImageName(name: string): ImageNameParts | null {
  const [engine, os, variant, ...rest] = name.split(':');
  if (!engine || !os || !variant || rest.length > 0) return null;
  return { engine, os, variant };
}

/** The prefix of an engine; each host knows which ones exist. */
const ENGINE_PART = /^[a-z][a-z0-9]{0,30}$/;

/** A part of the name of an image that is made here: letters, digits, `_`, `.`, `+` and `-`. */
const IMAGE_PART = /^[A-Za-z0-9][A-Za-z0-9_.+-]{0,62}$/;

/** True if an image made here can have this name; media (variant `iso`) get their names from their files. */
export function isValidImageName(name: string): boolean {
  const parts = parseImageName(name);
  return (
    parts !== null && ENGINE_PART.test(parts.engine) && IMAGE_PART.test(parts.os) && IMAGE_PART.test(parts.variant)
  );
}

/** Converts any text to a valid part of an image name. */
export function imageNamePart(text: string): string {
  return (
    text
      .replaceAll(/[^A-Za-z0-9_.+-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 63) || 'image'
  );
}

/** Derives an image name from a file name: `Debian 12.qcow2.xz` -> `qemu:Debian-12:default`. */
export function imageNameFor(fileName: string): string {
  const base = fileName.replace(/(\.(qcow2|img|raw|vmdk|vdi|vhdx?|ova|box|tar|iso|gz|xz|zst|bz2))+$/i, '');
  return `qemu:${imageNamePart(base)}:${/\.iso$/i.test(fileName) ? 'iso' : 'default'}`;
}

/**
 * True when a typed OS prefix means this image: a case-insensitive prefix of the whole name, or of the os part alone with
 * punctuation ignored, so that `ubuntu2004` finds `qemu:ubuntu-20.04:default` (as the seed's README writes it).
 */
export function matchesOsPrefix(imageName: string, osPrefix: string): boolean {
  const wanted = osPrefix.trim().toLowerCase();
  if (wanted === '') return false;
  if (imageName.toLowerCase().startsWith(wanted)) return true;
  const os = parseImageName(imageName)?.os ?? '';
  const wantedLetters = withoutPunctuation(wanted);
  return wantedLetters !== '' && withoutPunctuation(os.toLowerCase()).startsWith(wantedLetters);
}

/** Names from `known` that a user may have meant by `wanted`, nearest first, at most `limit`. */
export function nearMatches(wanted: string, known: readonly string[], limit = 3): string[] {
  const target = withoutPunctuation(wanted.toLowerCase());
  return known
    .map((name) => {
      const os = parseImageName(name)?.os ?? name;
      const far = Math.min(...[name, os].map((text) => distance(target, withoutPunctuation(text.toLowerCase()))));
      return { name, far };
    })
    .filter(({ far }) => far <= Math.max(3, Math.ceil(target.length / 2)))
    .sort((a, b) => a.far - b.far || a.name.localeCompare(b.name))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** Systems among these images that a user may have meant by an OS prefix that matches none of them, at most three. */
export function nearSystems(osPrefix: string, imageNames: readonly string[]): string[] {
  const systems = [...new Set(imageNames.map((name) => parseImageName(name)?.os ?? name))];
  // Of a prefix only the beginning of a name can be near.
  const isNear = (system: string) => nearMatches(osPrefix, [system.slice(0, osPrefix.length)]).length > 0;
  return systems.filter(isNear).slice(0, 3);
}

function withoutPunctuation(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}
