// Times of day and dates as a language writes them. Pure; knows no words.
import type { Language } from './language.ts';

type Moment = string | Date | number;

export interface Times {
  /** `14:05`, or with the day when it is not today. */
  readonly time: (value: Moment) => string;
  /** `14:05:31` */
  readonly timeWithSeconds: (value: Moment) => string;
  /** `21 Nov, 14:05` */
  readonly dateTime: (value: Moment) => string;
  /** `21 Nov, 14:05:31` */
  readonly moment: (value: Moment) => string;
}

/** Formats take longer to make than to use, and each list asks for them. */
const made = new Map<Language, Times>();

export function timesOf(language: Language): Times {
  const known = made.get(language) ?? timesFor(language);
  made.set(language, known);
  return known;
}

function timesFor(language: Language): Times {
  const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const seconds = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const day = new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const moment = new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const dateTime = (value: Moment) => day.format(new Date(value));
  return {
    time: (value) => {
      const date = new Date(value);
      return date.toDateString() === new Date().toDateString() ? clock.format(date) : dateTime(date);
    },
    timeWithSeconds: (value) => seconds.format(new Date(value)),
    dateTime,
    moment: (value) => moment.format(new Date(value)),
  };
}
