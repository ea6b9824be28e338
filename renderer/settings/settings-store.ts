// What this window remembers of its user: language, theme, and how the board is shown. Kept in local storage.
import { action, computed, makeObservable, observable, reaction } from 'mobx';
import { setLanguage } from '../i18n/index.ts';
import { chooseLanguage, type Language, languages } from '../i18n/language.ts';

export type Theme = 'system' | 'light' | 'dark';
export type BoardView = 'cards' | 'table';

const KEY = 'tt.settings';

/** The part of Storage that is needed; null where there is none (tests). */
export type SettingsPlace = Pick<Storage, 'getItem' | 'setItem'>;

export class SettingsStore {
  /** null = as the system says. */
  chosenLanguage: Language | null = null;
  theme: Theme = 'system';
  boardView: BoardView = 'cards';
  shelfOpen = true;
  readonly #place: SettingsPlace | null;
  readonly #preferred: readonly string[];

  constructor(place: SettingsPlace | null, preferredLanguages: readonly string[]) {
    this.#place = place;
    this.#preferred = preferredLanguages;
    makeObservable(this, {
      chosenLanguage: observable,
      theme: observable,
      boardView: observable,
      shelfOpen: observable,
      language: computed,
      read: action,
      chooseLanguage: action,
      chooseTheme: action,
      showBoardAs: action,
      toggleShelf: action,
    });
    this.read();
  }

  get language(): Language {
    return this.chosenLanguage ?? chooseLanguage(this.#preferred);
  }

  chooseLanguage(language: Language | null): void {
    this.chosenLanguage = language;
  }

  chooseTheme(theme: Theme): void {
    this.theme = theme;
  }

  showBoardAs(view: BoardView): void {
    this.boardView = view;
  }

  toggleShelf(): void {
    this.shelfOpen = !this.shelfOpen;
  }

  read(): void {
    const kept = parse(this.#place?.getItem(KEY) ?? null);
    this.chosenLanguage = languages.find((language) => language === kept['language']) ?? null;
    this.theme = (['light', 'dark'] as const).find((theme) => theme === kept['theme']) ?? 'system';
    this.boardView = kept['boardView'] === 'table' ? 'table' : 'cards';
    this.shelfOpen = kept['shelfOpen'] !== false;
  }

  /** Makes the settings true and keeps them, until disposed. */
  start(): () => void {
    const stopLanguage = reaction(() => this.language, setLanguage, { fireImmediately: true });
    const stopTheme = reaction(() => this.theme, showTheme, { fireImmediately: true });
    const stopKeeping = reaction(
      () =>
        JSON.stringify({
          language: this.chosenLanguage,
          theme: this.theme,
          boardView: this.boardView,
          shelfOpen: this.shelfOpen,
        }),
      (text) => this.#place?.setItem(KEY, text),
    );
    return () => {
      stopLanguage();
      stopTheme();
      stopKeeping();
    };
  }
}

function showTheme(theme: Theme): void {
  if (typeof document === 'undefined') return;
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** Settings of an older or broken window count as none. */
function parse(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
