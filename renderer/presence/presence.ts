// Who looks at a machine and who has its keyboard, for the tools of its console and its tile. Pure.
import type { Vm, Watcher } from '@tt/protocol';
import type { Translate } from '../i18n/index.ts';

export function watchersOf({ presence }: Vm): readonly Watcher[] {
  return presence?.watchers ?? [];
}

/** What to call somebody who looks: a user by name, a terminal of a lab as such. */
export function watcherName({ userName, terminalName }: Watcher, t: Translate): string {
  return userName ?? t('consoles.terminal', { name: terminalName ?? '' });
}

/** One or two letters: `ann` is A, `anna.berg` AB. */
export function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const letters = words.slice(0, 2).map((word) => Array.from(word)[0] ?? '');
  return (letters.join('') || '?').toUpperCase();
}

/** Who has the keyboard and is not this user; null: what this user types gets there. `ownName`: null while it is not known. */
export function otherHolder({ presence }: Vm, ownName: string | null): string | null {
  const holder = presence?.keyboard?.userName ?? null;
  return holder === ownName ? null : holder;
}

/** All who look, in one line: `ann, kim (typing)`. */
export function watchersText(watchers: readonly Watcher[], t: Translate): string {
  return watchers
    .map((one) => {
      const name = watcherName(one, t);
      return one.typing ? t('consoles.whoTypes', { name }) : name;
    })
    .join(t('consoles.nameSeparator'));
}
