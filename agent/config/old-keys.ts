// Keys of earlier versions, mapped to their current names, so that existing files keep working.
import { type Document, isMap, isNode, isScalar, YAMLSeq } from 'yaml';

/** Renames old keys of the document; findings then refer to the position of the old key's value. */
export function renameOldKeys({ contents }: Document): void {
  if (!isMap(contents) || contents.has('engines')) return;
  for (const { key, value } of contents.items) {
    if (!isScalar(key) || key.value !== 'engine' || !isScalar(value)) continue;
    // There was one engine only.
    const names = new YAMLSeq();
    names.items.push(value);
    names.range = isNode(value) ? (value.range ?? null) : null;
    key.value = 'engines';
    contents.set(key, names);
  }
}
