// What this window remembers of its user: language, theme, how the board and consoles are shown. Kept in local storage.
import { type KeyboardLayout, keyboardLayouts } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef, reaction } from 'mobx';
import { type BoardField, type BoardFilter, noFilter, readFilter } from './kept-filter.ts';
import { setLanguage } from '../i18n/index.ts';
import { chooseLanguage, type Language, languages } from '../i18n/language.ts';
import { screenQualities, type ScreenQuality } from './screen-quality.ts';
import { type ConsoleTab, consoleTabs } from '../state/route.ts';

export type Theme = 'system' | 'light' | 'dark';
export type BoardView = 'cards' | 'table';
export type MachineView = 'tiles' | 'table';
/** `auto`: open where it has something to show. */
export const shelfChoices = ['auto', 'open', 'closed'] as const;
export type ShelfChoice = (typeof shelfChoices)[number];
export const tileSizes = ['S', 'M', 'L'] as const;
export type TileSize = (typeof tileSizes)[number];

/** In px. */
export const textSizes = { min: 9, default: 13, max: 24 } as const;
/** Lines above those in sight that a console of text keeps. */
export const scrollbackChoices = [1000, 5000, 20_000, 50_000] as const;
const DEFAULT_SCROLLBACK = 5000;
/** Machines of which something is remembered: those looked at last. */
const MOST_TABS = 200;
/** Of the palette. */
const MOST_RECENT_COMMANDS = 5;

const KEY = 'tt.settings';

/** The part of Storage that is needed; null where there is none (tests). */
export type SettingsPlace = Pick<Storage, 'getItem' | 'setItem'>;

export class SettingsStore {
  /** null = as the system says. */
  chosenLanguage: Language | null = null;
  theme: Theme = 'system';
  boardView: BoardView = 'cards';
  machineView: MachineView = 'tiles';
  tileSize: TileSize = 'M';
  boardFilter: BoardFilter = noFilter;
  shelf: ShelfChoice = 'auto';
  /** Of consoles of text, in px. */
  textSize: number = textSizes.default;
  scrollbackLines: number = DEFAULT_SCROLLBACK;
  /** Consoles of text say what is printed to a screen reader. */
  textForScreenReader = false;
  screenQuality: ScreenQuality = 'balanced';
  /** By VM id, the last looked at last. */
  consoleTabs: ReadonlyMap<string, ConsoleTab> = new Map();
  /** Of guests, by VM id; those that were changed last. Others are US keyboards. */
  layouts: ReadonlyMap<string, KeyboardLayout> = new Map();
  /** Ids of what was run from the palette, the last one first. */
  recentCommands: readonly string[] = [];
  readonly #place: SettingsPlace | null;
  readonly #preferred: readonly string[];
  /** What is kept, as far as it is known here. */
  #known: string | null = null;

  constructor(place: SettingsPlace | null, preferredLanguages: readonly string[]) {
    this.#place = place;
    this.#preferred = preferredLanguages;
    makeObservable(this, {
      chosenLanguage: observable,
      theme: observable,
      boardView: observable,
      machineView: observable,
      tileSize: observable,
      boardFilter: observableRef,
      shelf: observable,
      textSize: observable,
      scrollbackLines: observable,
      textForScreenReader: observable,
      screenQuality: observable,
      consoleTabs: observableRef,
      layouts: observableRef,
      recentCommands: observableRef,
      language: computed,
      read: action,
      follow: action,
      takeOver: action,
      chooseLanguage: action,
      chooseTheme: action,
      showBoardAs: action,
      showMachinesAs: action,
      sizeTiles: action,
      filterBoard: action,
      filterBoardBy: action,
      showShelf: action,
      setTextSize: action,
      keepScrollback: action,
      readTextAloud: action,
      rememberConsoleTab: action,
      chooseScreenQuality: action,
      rememberLayout: action,
      rememberCommand: action,
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

  showMachinesAs(view: MachineView): void {
    this.machineView = view;
  }

  sizeTiles(size: TileSize): void {
    this.tileSize = size;
  }

  /** Changes these filters, and leaves the others. */
  filterBoard(change: Partial<BoardFilter>): void {
    this.boardFilter = { ...this.boardFilter, ...change };
  }

  /** null: any. */
  filterBoardBy(field: BoardField, value: string | null): void {
    this.boardFilter = { ...this.boardFilter, [field]: value };
  }

  showShelf(choice: ShelfChoice): void {
    this.shelf = choice;
  }

  setTextSize(pixels: number): void {
    this.textSize = Math.min(textSizes.max, Math.max(textSizes.min, Math.round(pixels)));
  }

  keepScrollback(lines: number): void {
    this.scrollbackLines = scrollbackChoices.find((choice) => choice === lines) ?? DEFAULT_SCROLLBACK;
  }

  readTextAloud(aloud: boolean): void {
    this.textForScreenReader = aloud;
  }

  /** The keyboard layout of a guest: nobody but the user can know it. */
  layoutOf(vmId: string): KeyboardLayout {
    return this.layouts.get(vmId) ?? 'us';
  }

  rememberLayout(vmId: string, layout: KeyboardLayout): void {
    const others = [...this.layouts].filter(([id]) => id !== vmId);
    this.layouts = new Map([...others, [vmId, layout] as const].slice(-MOST_TABS));
  }

  chooseScreenQuality(quality: ScreenQuality): void {
    this.screenQuality = quality;
  }

  /** The tab of a machine’s console that was shown last; the screen when it was not looked at. */
  consoleTabOf(vmId: string): ConsoleTab {
    return this.consoleTabs.get(vmId) ?? 'screen';
  }

  rememberConsoleTab(vmId: string, tab: ConsoleTab): void {
    const others = [...this.consoleTabs].filter(([id]) => id !== vmId);
    this.consoleTabs = new Map([...others, [vmId, tab] as const].slice(-MOST_TABS));
  }

  rememberCommand(id: string): void {
    this.recentCommands = [id, ...this.recentCommands.filter((other) => other !== id)].slice(0, MOST_RECENT_COMMANDS);
  }

  read(): void {
    this.#readFrom(parse(this.#place?.getItem(KEY) ?? null));
  }

  /**
   * What another window or tab has kept. Otherwise each would undo what another has changed. What each shows, and how wide, is its own.
   * It is not written again: a later change of the other may be on its way.
   */
  follow(text: string | null): void {
    const { boardView, machineView, tileSize, boardFilter, shelf } = this.kept;
    this.#readFrom({ ...parse(text), boardView, machineView, tileSize, boardFilter, shelf });
    this.#known = JSON.stringify(this.kept);
  }

  /** All that is kept, as it is kept. */
  get kept() {
    return {
      language: this.chosenLanguage,
      theme: this.theme,
      boardView: this.boardView,
      machineView: this.machineView,
      tileSize: this.tileSize,
      boardFilter: this.boardFilter,
      shelf: this.shelf,
      textSize: this.textSize,
      scrollbackLines: this.scrollbackLines,
      textForScreenReader: this.textForScreenReader,
      screenQuality: this.screenQuality,
      consoleTabs: [...this.consoleTabs],
      layouts: [...this.layouts],
      recentCommands: [...this.recentCommands],
    };
  }

  /** From what another window kept; what it does not say stays. */
  takeOver(kept: Readonly<Record<string, unknown>>): void {
    this.#readFrom({ ...this.kept, ...kept });
  }

  #readFrom(kept: Readonly<Record<string, unknown>>): void {
    this.chosenLanguage = languages.find((language) => language === kept['language']) ?? null;
    this.theme = (['light', 'dark'] as const).find((theme) => theme === kept['theme']) ?? 'system';
    this.boardView = kept['boardView'] === 'table' ? 'table' : 'cards';
    this.machineView = kept['machineView'] === 'table' ? 'table' : 'tiles';
    this.tileSize = tileSizes.find((size) => size === kept['tileSize']) ?? 'M';
    this.boardFilter = readFilter(kept['boardFilter']);
    this.shelf = shelfFrom(kept);
    const { textSize } = kept;
    this.setTextSize(typeof textSize === 'number' && Number.isFinite(textSize) ? textSize : textSizes.default);
    this.keepScrollback(Number(kept['scrollbackLines']));
    this.textForScreenReader = kept['textForScreenReader'] === true;
    this.screenQuality = screenQualities.find((quality) => quality === kept['screenQuality']) ?? 'balanced';
    this.consoleTabs = parseByVm(kept['consoleTabs'], consoleTabs);
    this.layouts = parseByVm(kept['layouts'], keyboardLayouts);
    this.recentCommands = parseIds(kept['recentCommands']);
  }

  /** Makes the settings true and keeps them, until disposed. */
  start(): () => void {
    const stopLanguage = reaction(() => this.language, setLanguage, { fireImmediately: true });
    const stopTheme = reaction(() => this.theme, showTheme, { fireImmediately: true });
    const stopKeeping = reaction(
      () => JSON.stringify(this.kept),
      (text) => {
        if (text === this.#known) return;
        this.#known = text;
        this.#place?.setItem(KEY, text);
      },
    );
    const stopOthers = onOtherWindows((text) => this.follow(text));
    return () => {
      stopOthers();
      stopLanguage();
      stopTheme();
      stopKeeping();
    };
  }
}

function onOtherWindows(listener: (text: string | null) => void): () => void {
  if (typeof window === 'undefined') return () => {};
  const look = ({ key, newValue }: StorageEvent) => {
    if (key === KEY) listener(newValue);
  };
  window.addEventListener('storage', look);
  return () => window.removeEventListener('storage', look);
}

function showTheme(theme: Theme): void {
  if (typeof document === 'undefined') return;
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** An older window kept only whether it was open, which it was unless it was closed. */
function shelfFrom(kept: Readonly<Record<string, unknown>>): ShelfChoice {
  const chosen = shelfChoices.find((choice) => choice === kept['shelf']);
  return chosen ?? (kept['shelfOpen'] === false ? 'closed' : 'auto');
}

/** What is kept of machines: pairs of an id and one of these. */
function parseByVm<Value extends string>(kept: unknown, among: readonly Value[]): ReadonlyMap<string, Value> {
  if (!Array.isArray(kept)) return new Map();
  const entries = kept.slice(-MOST_TABS).flatMap((entry: unknown) => {
    const [vmId, name] = Array.isArray(entry) ? (entry as unknown[]) : [];
    const value = among.find((known) => known === name);
    return typeof vmId === 'string' && value ? [[vmId, value] as const] : [];
  });
  return new Map(entries);
}

function parseIds(kept: unknown): string[] {
  if (!Array.isArray(kept)) return [];
  return kept.slice(0, MOST_RECENT_COMMANDS).flatMap((id: unknown) => (typeof id === 'string' ? [id] : []));
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
