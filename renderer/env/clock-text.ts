// `18:00` as typed into a time field, and the next moment at which a clock shows it. Pure.

export function clockText(date: Date): string {
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** The next time after now that this clock time comes (tomorrow, when it has passed today); null when it is no time. */
export function atClock(text: string, now: Date): Date | null {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
  if (!match) return null;
  const date = new Date(now);
  date.setHours(Number(match[1]), Number(match[2]), 0, 0);
  if (date.getTime() <= now.getTime() + 30_000) date.setDate(date.getDate() + 1);
  return date;
}
