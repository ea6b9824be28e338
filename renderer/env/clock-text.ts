// Times as typed into the field of an end: `18:00`, `2026-12-03 18:00`, `90m`, `+1h`; and as they are shown there. Pure.

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

/**
 * The end that is meant: a clock time (the next one), a date with a time, a span from now (`90m`, `2 h`, `1d`), or later than the end that
 * is (`+1h`), as `tt env extend` takes them. null when it is none, or has passed.
 */
export function endOfText(text: string, now: Date, endAt: Date): Date | null {
  const end = atClock(text, now) ?? atDate(text, now) ?? afterSpan(text, now, endAt);
  return end !== null && end > now ? end : null;
}

function atDate(text: string, now: Date): Date | null {
  const match = /^(?:(\d{4})-)?(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2})$/.exec(text.trim());
  if (!match) return null;
  const [year, month, day, hours, minutes] = match.slice(1).map((part) => (part === undefined ? null : Number(part)));
  const date = new Date(year ?? now.getFullYear(), (month ?? 0) - 1, day ?? 0, hours ?? 0, minutes ?? 0);
  // `02-30` and `25:00` would be another day.
  const isSame = date.getMonth() + 1 === month && date.getDate() === day;
  return isSame && date.getHours() === hours && date.getMinutes() === minutes ? date : null;
}

const spans: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function afterSpan(text: string, now: Date, endAt: Date): Date | null {
  const match = /^(\+?)\s*(\d{1,5})\s*(m|min|h|d)$/i.exec(text.trim());
  if (!match) return null;
  const [, later, amount, unit = ''] = match;
  const ms = Number(amount) * (spans[unit.charAt(0).toLowerCase()] ?? 0);
  return new Date((later === '' ? now : endAt).getTime() + ms);
}

/** As the field shows an end: without the day where the clock alone says it. */
export function endText(end: Date, now: Date): string {
  if (atClock(clockText(end), now)?.getTime() === startOfMinute(end)) return clockText(end);
  const [month, day] = [end.getMonth() + 1, end.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${end.getFullYear()}-${month}-${day} ${clockText(end)}`;
}

function startOfMinute(date: Date): number {
  return Math.floor(date.getTime() / 60_000) * 60_000;
}
