// Order of names as people read them: …-2 before …-10. One collator for all: making one for each comparison is what costs.
const collator = new Intl.Collator('en', { numeric: true });

export function naturalOrder(a: string, b: string): number {
  return collator.compare(a, b);
}
