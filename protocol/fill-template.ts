// Pure: words for codes, and `{field}` in a text filled from data.

/** What `words` say for a code that may come from anybody: no code names what every object has, such as `constructor`. */
export function wordFor(words: Readonly<Record<string, string>>, code: string): string | undefined {
  return Object.hasOwn(words, code) ? words[code] : undefined;
}

/** Lists are joined with commas, unknown fields stay unchanged. */
export function fillTemplate(template: string, data: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, field: string) => {
    const value = data[field];
    if (value === undefined || value === null) return whole;
    return Array.isArray(value) ? value.join(', ') : textOf(value);
  });
}

/** Numbers and texts as they are; anything else as JSON, never `[object Object]`. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
