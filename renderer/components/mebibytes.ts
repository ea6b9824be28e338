// Sizes as one types them, in MiB where nothing is said: `1024`, `512 MiB`, `4 GiB`, `1.5g`. Pure.

const mebibytesOf: Readonly<Record<string, number>> = { m: 1, g: 1024, t: 1024 * 1024 };

/** A whole number of MiB; null for what is none, and for `MB` and `GB`, which are other sizes. */
export function parseMebibytes(text: string): number | null {
  const match = /^\s*(\d{1,9})(?:[.,](\d{1,3}))?\s*(?:([mgt])(?:ib?)?)?\s*$/i.exec(text);
  if (!match) return null;
  const [, whole = '', part = '', unit = 'm'] = match;
  const amount = Number(part === '' ? whole : `${whole}.${part}`) * (mebibytesOf[unit.toLowerCase()] ?? 1);
  return Number.isSafeInteger(amount) ? amount : null;
}
