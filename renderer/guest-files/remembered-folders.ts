// The folder of the guests that files of an ENV last went to. Kept in local storage, for the ENVs that were used last.
import type { SettingsPlace } from '../settings/settings-store.ts';

const KEY = 'tt.guestFolders';
const MOST = 50;
/** Files are written as root unless somebody else is asked for, and every system that can take files has it. */
export const DEFAULT_FOLDER = '/root';

export class RememberedFolders {
  readonly #place: SettingsPlace | null;

  constructor(place: SettingsPlace | null) {
    this.#place = place;
  }

  of(envName: string): string {
    return this.#read().findLast(([name]) => name === envName)?.[1] ?? DEFAULT_FOLDER;
  }

  remember(envName: string, folder: string): void {
    const others = this.#read().filter(([name]) => name !== envName);
    this.#place?.setItem(KEY, JSON.stringify([...others, [envName, folder]].slice(-MOST)));
  }

  /** What an older or broken window has left counts as nothing. */
  #read(): (readonly [string, string])[] {
    try {
      const value: unknown = JSON.parse(this.#place?.getItem(KEY) ?? '[]');
      return Array.isArray(value) ? value.filter(isPair) : [];
    } catch {
      return [];
    }
  }
}

function isPair(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}
