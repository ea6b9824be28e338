// The same text with another name of its ENV; all else stays as somebody wrote it, comments included.
import { isMap, parseDocument, stringify } from 'yaml';

/** `text` is one that `readTemplate` or `readNewEnv` takes. */
export function withEnvName(text: string, name: string): string {
  const document = parseDocument(text);
  const value = document.get('name', true);
  const range = value && typeof value === 'object' && 'range' in value ? (value.range as number[] | null) : null;
  const [start, end] = range ?? [];
  // In its place, so that the rest of the line stays.
  if (start !== undefined && end !== undefined) return text.slice(0, start) + scalar(name) + text.slice(end);
  if (!isMap(document.contents)) return text;
  document.contents.items.unshift(document.createPair('name', name));
  return document.toString({ lineWidth: 0 });
}

/** Quoted where YAML would take it for a number or the like. */
function scalar(name: string): string {
  return stringify(name, { compat: 'yaml-1.1' }).trimEnd();
}
