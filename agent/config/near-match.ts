// Suggests the key that was probably meant by an unknown one.
import { distance } from 'fastest-levenshtein';
import { keys } from './keys.ts';

/** The candidates for `wanted`: first the known names of the same group, then the same name in any other group. */
export function nearKey(givenGroup: string, wanted: string): string | null {
  // Each user's quota has the keys of the default one.
  const group = givenGroup.replace(/^quota\.users\..+$/, 'quota.default');
  const inGroup = childrenOf(group);
  const near = closest(wanted, inGroup);
  if (near !== null) return join(group, near);
  const elsewhere = keys.filter(({ path }) => lastOf(path).toLowerCase() === wanted.toLowerCase());
  return elsewhere[0]?.path ?? closest(join(group, wanted), [...new Set(keys.map(({ path }) => path))]);
}

/** The names right below a group; empty path = the top of the file. */
function childrenOf(group: string): string[] {
  const prefix = group === '' ? '' : `${group}.`;
  const below = keys.filter(({ path }) => path.startsWith(prefix)).map(({ path }) => path.slice(prefix.length));
  return [...new Set(below.map((rest) => rest.split(/[.[]/)[0] ?? ''))];
}

function closest(wanted: string, names: readonly string[]): string | null {
  const [best] = names
    .map((name) => ({ name, far: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return best && best.far <= Math.max(2, Math.floor(wanted.length / 3)) ? best.name : null;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function join(group: string, name: string): string {
  return group === '' ? name : `${group}.${name}`;
}
