// Keys of earlier versions, read as what they are called now, so that a file that worked goes on working.
import { type Document, isMap, isNode, isScalar, YAMLSeq } from 'yaml';

/** Gives old keys of the document their new names; findings then stand where the old key's value does. */
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
