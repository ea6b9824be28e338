// News as notifications: what comes within a moment and is of one kind is one of them, however much it is. Pure.
import { fill, leftText, type Words } from '../words/index.ts';
import type { News } from './watch-state.ts';

/** What a click on a notification, or on its button, does. */
export type NoticeDeed =
  /** Shows this view (as in the address) of the connection. */
  { do: 'go'; connection: string; place: string } | { do: 'extend'; connection: string; envName: string };

export interface Notice {
  title: string;
  body: string;
  click: NoticeDeed;
  /** null: none. Not every system shows it. */
  button: { label: string; deed: NoticeDeed } | null;
}

/** `connection`: id of where the news is from. `now`: ms since 1970. */
export function noticesOf(connection: string, news: readonly News[], words: Words, now: number): Notice[] {
  return [
    ...endings(connection, ofKind(news, 'ending'), words, now),
    ...failures(connection, ofKind(news, 'failed'), words),
    ...runs(connection, ofKind(news, 'run'), words),
  ];
}

type Of<Kind extends News['kind']> = Extract<News, { kind: Kind }>;

function ofKind<Kind extends News['kind']>(news: readonly News[], kind: Kind): Of<Kind>[] {
  return news.filter((one): one is Of<Kind> => one.kind === kind);
}

const placeOf = (envName: string, tab = '') => `#/envs/${encodeURIComponent(envName)}${tab}`;

function endings(connection: string, all: readonly Of<'ending'>[], words: Words, now: number): Notice[] {
  const [first, ...others] = all.toSorted((a, b) => a.endAt.localeCompare(b.endAt));
  if (!first) return [];
  const { envName, endAt, endPolicy } = first;
  const left = leftText(words, Date.parse(endAt) - now);
  if (others.length > 0) {
    const names = [first, ...others].map((one) => one.envName);
    return [
      {
        title: fill(words.endingsTitle, { count: all.length }),
        body: listed(names, words),
        click: { do: 'go', connection, place: '#/envs' },
        button: null,
      },
    ];
  }
  return [
    {
      title: fill(words.endingTitle, { env: envName, left }),
      body: words.endingBody[endPolicy],
      click: { do: 'go', connection, place: placeOf(envName) },
      button: { label: words.extend, deed: { do: 'extend', connection, envName } },
    },
  ];
}

function failures(connection: string, all: readonly Of<'failed'>[], words: Words): Notice[] {
  const [first, ...others] = all;
  if (!first) return [];
  const { envName, code } = first;
  if (others.length === 0) {
    return [
      {
        title: fill(words.failedTitle, { env: envName }),
        body: fill(words.failedBody, { code }),
        click: { do: 'go', connection, place: placeOf(envName, '/events') },
        button: null,
      },
    ];
  }
  return [
    {
      title: fill(words.failuresTitle, { count: all.length }),
      body: words.failuresBody,
      click: { do: 'go', connection, place: '#/activity' },
      button: null,
    },
  ];
}

function runs(connection: string, all: readonly Of<'run'>[], words: Words): Notice[] {
  const [first, ...others] = all;
  if (!first) return [];
  if (others.length === 0) {
    const { envName, ok, all: machines } = first;
    return [
      {
        title: fill(words.runTitle, { env: envName }),
        body: fill(words.runBody, { ok, all: machines }),
        click: { do: 'go', connection, place: placeOf(envName, '/run') },
        button: null,
      },
    ];
  }
  return [
    {
      title: fill(words.runsTitle, { count: all.length }),
      body: fill(words.runsBody, { ok: all.filter((one) => one.ok === one.all).length }),
      click: { do: 'go', connection, place: '#/envs' },
      button: null,
    },
  ];
}

const MOST_NAMES = 4;

function listed(names: readonly string[], words: Words): string {
  const rest = names.length - MOST_NAMES;
  return [...names.slice(0, MOST_NAMES), ...(rest > 0 ? [fill(words.moreEnds, { count: rest })] : [])].join(', ');
}
