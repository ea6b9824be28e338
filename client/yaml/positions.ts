// Where in a YAML text a value stands, by its path in the document.
import { type Document, isMap, isNode, isScalar } from 'yaml';

export type Path = readonly PropertyKey[];

/** `groups[0].memoryMiB`; an item of any list (`[]` in the path) is `groups[].memoryMiB`. */
export function dotted(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (part === '[]') return `${text}[]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/**
 * The position of a value in the text; with `key`, of that key in the map at `path`. For something absent (a missing key, a
 * default, what came by an alias) the position of its group.
 */
export function offsetOf(document: Document, path: Path, key?: string): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (!isNode(node) || !node.range) continue;
    return key !== undefined && length === path.length ? keyOffset(node, key) : node.range[0];
  }
  return key === undefined ? startOf(document.contents) : keyOffset(document.contents, key);
}

function keyOffset(node: unknown, key: string): number {
  const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
  return startOf(isNode(pair?.key) ? pair.key : node);
}

function startOf(node: unknown): number {
  return (isNode(node) ? node.range?.[0] : undefined) ?? 0;
}
