// Rates as one types them, in Mbit/s where nothing is said: `100`, `500 Mbit/s`, `1g`, `2.5 Gbit/s`. Pure.

const megabitsOf: Readonly<Record<string, number>> = { m: 1, g: 1000 };

/** A whole number of Mbit/s; null for what is none, and for `MB/s`, which is another rate. */
export function parseMegabits(text: string): number | null {
  const match = /^\s*(\d{1,9})(?:[.,](\d{1,3}))?\s*(?:([mg])(?:bit(?:\/s)?|bps)?)?\s*$/i.exec(text);
  if (!match) return null;
  const [, whole = '', part = '', unit = 'm'] = match;
  const amount = Math.round(Number(part === '' ? whole : `${whole}.${part}`) * 1000) / 1000;
  const megabits = amount * (megabitsOf[unit.toLowerCase()] ?? 1);
  return Number.isSafeInteger(megabits) ? megabits : null;
}
