// Pure: fills `{field}` in a text from data.

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
