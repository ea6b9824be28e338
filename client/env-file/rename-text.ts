// The same text with another name of its ENV; all else stays as somebody wrote it, comments included.
import { isMap, isNode, parseDocument, stringify } from 'yaml';

/** `text` is one that `readTemplate` or `readNewEnv` takes. */
export function withEnvName(text: string, name: string): string {
  const document = parseDocument(text);
  const value = document.get('name', true);
  const [start, end] = (isNode(value) ? value.range : null) ?? [];
  // In its place, so that the rest of the line stays.
  if (start !== undefined && end !== undefined) return text.slice(0, start) + scalar(name) + text.slice(end);
  if (!isMap(document.contents)) return text;
  const [first] = document.contents.items;
  const at = isNode(first?.key) ? first.key.range?.[0] : undefined;
  const indent = at === undefined ? '' : text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  // Before the first key, and behind the comments above it.
  if (at !== undefined && !document.contents.flow && indent.trim() === '') {
    return `${text.slice(0, at)}name: ${scalar(name)}\n${indent}${text.slice(at)}`;
  }
  document.contents.items.unshift(document.createPair('name', name));
  return document.toString({ lineWidth: 0 });
}

/** Quoted where YAML would take it for a number or the like. */
function scalar(name: string): string {
  return stringify(name, { compat: 'yaml-1.1' }).trimEnd();
}
