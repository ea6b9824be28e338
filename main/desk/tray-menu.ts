// The menu of the tray as data: what ends next, with the time that is left, and what there is to do about it. Pure.
import type { MenuItemConstructorOptions } from 'electron';
import { fill, leftText, type Words } from '../words/index.ts';
import type { NoticeDeed } from './notices.ts';
import type { EndOf } from './server-watch.ts';

export interface TrayFacts {
  words: Words;
  /** Soonest first. */
  ends: readonly EndOf[];
  /** ms since 1970. */
  now: number;
  notifies: boolean;
  keepsRunning: boolean;
}

export interface TrayDeeds {
  carryOut: (deed: NoticeDeed) => void;
  show: () => void;
  newEnv: () => void;
  setNotifies: (on: boolean) => void;
  setKeepsRunning: (on: boolean) => void;
  quit: () => void;
}

/** ENVs that are listed; the others are on the board. */
const MOST_ENDS = 8;
const line: MenuItemConstructorOptions = { type: 'separator' };

export function trayTemplate(facts: TrayFacts, deeds: TrayDeeds): MenuItemConstructorOptions[] {
  const { words, ends, notifies, keepsRunning } = facts;
  const rest = ends.length - MOST_ENDS;
  return [
    { id: 'show', label: words.show, click: () => deeds.show() },
    { id: 'newEnv', label: words.newEnv, click: () => deeds.newEnv() },
    line,
    ...(ends.length === 0 ? [{ id: 'noEnds', label: words.noEnds, enabled: false }] : []),
    ...ends.slice(0, MOST_ENDS).map((end) => endEntry(end, facts, deeds)),
    ...(rest > 0 ? [{ id: 'more', label: fill(words.moreEnds, { count: rest }), click: () => deeds.show() }] : []),
    line,
    {
      id: 'notify',
      label: words.notify,
      type: 'checkbox',
      checked: notifies,
      click: () => deeds.setNotifies(!notifies),
    },
    {
      id: 'keepRunning',
      label: words.keepRunning,
      type: 'checkbox',
      checked: keepsRunning,
      click: () => deeds.setKeepsRunning(!keepsRunning),
    },
    line,
    { id: 'quit', label: words.quit, click: () => deeds.quit() },
  ];
}

/** What the tray says without being opened; just the name while nothing ends. */
export function trayTooltip({ words, ends: [next], now }: Pick<TrayFacts, 'words' | 'ends' | 'now'>): string {
  if (!next) return 'TT';
  return fill(words.nextEnd, { env: next.envName, left: leftText(words, Date.parse(next.endAt) - now) });
}

function endEntry(
  { connection, envName, endAt }: EndOf,
  { words, now }: TrayFacts,
  { carryOut }: TrayDeeds,
): MenuItemConstructorOptions {
  const left = leftText(words, Date.parse(endAt) - now);
  const place = `#/envs/${encodeURIComponent(envName)}`;
  return {
    id: `end-${connection}-${envName}`,
    label: fill(words.endsIn, { env: envName, left }).replaceAll('&', '&&'),
    submenu: [
      { label: words.open, click: () => carryOut({ do: 'go', connection, place }) },
      { label: words.extend, click: () => carryOut({ do: 'extend', connection, envName }) },
    ],
  };
}
