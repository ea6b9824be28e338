// What the desktop remembers of its windows between starts: where they were, what they showed, how large their text is, and what the
// tray was told. What can't be read of the file counts as not there, one window at a time.
import { z } from 'zod';
import { placeOr } from '../ipc/desktop-commands.ts';
import { connectionIdSchema } from '../session/connection-id.ts';
import { MIN_HEIGHT, MIN_WIDTH, type WindowState } from './window-place.ts';

export interface DesktopMemory {
  windows: WindowState[];
  /** 1: as designed. Of all windows: the text of a page is as large wherever it is. */
  zoom: number;
  notifies: boolean;
  /** Goes on in the tray when the last window is closed. */
  keepsRunning: boolean;
}

/** One value for each key, as electron-store and its fake have it. */
export interface MemoryFile {
  read(): unknown;
  write(content: Record<string, unknown>): void;
}

/** More are not opened anew. */
export const MOST_WINDOWS = 8;
export const zoomSteps = [0.5, 0.67, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;
const NOTHING: DesktopMemory = { windows: [], zoom: 1, notifies: true, keepsRunning: false };
/** Of a desktop with many large screens. */
const MOST_PIXELS = 32_768;

const pixels = z.int().min(-MOST_PIXELS).max(MOST_PIXELS);
const windowSchema = z.object({
  x: pixels.nullable().catch(null),
  y: pixels.nullable().catch(null),
  width: pixels.min(MIN_WIDTH),
  height: pixels.min(MIN_HEIGHT),
  isMaximized: z.boolean().catch(false),
  isFullScreen: z.boolean().catch(false),
  place: z
    .string()
    .catch('')
    .transform((text) => placeOr(text)),
  connection: connectionIdSchema.nullable().catch(null),
});
const fileSchema = z.object({
  version: z.literal(1),
  windows: z.array(z.unknown()).catch([]),
  zoom: z.number().catch(1),
  notifies: z.boolean().catch(true),
  keepsRunning: z.boolean().catch(false),
});

export class WindowMemory {
  readonly #file: MemoryFile;
  #kept: DesktopMemory;

  constructor(file: MemoryFile) {
    this.#file = file;
    this.#kept = load(file.read());
  }

  get kept(): DesktopMemory {
    return this.#kept;
  }

  keep(change: Partial<DesktopMemory>): void {
    this.#kept = { ...this.#kept, ...change };
    this.#file.write({ version: 1, ...this.#kept });
  }
}

function load(content: unknown): DesktopMemory {
  const file = fileSchema.safeParse(content);
  if (!file.success) return NOTHING;
  const { windows, zoom, notifies, keepsRunning } = file.data;
  const read = windows.flatMap((one) => windowSchema.safeParse(one).data ?? []);
  return { windows: read.slice(0, MOST_WINDOWS), zoom: nearestZoom(zoom), notifies, keepsRunning };
}

/** The next larger or smaller size; the first and the last stay. */
export function nextZoom(zoom: number, step: 'in' | 'out' | 'reset'): number {
  if (step === 'reset') return 1;
  const at = zoomSteps.indexOf(nearestZoom(zoom)) + (step === 'in' ? 1 : -1);
  return zoomSteps[Math.min(zoomSteps.length - 1, Math.max(0, at))] ?? 1;
}

function nearestZoom(zoom: number): (typeof zoomSteps)[number] {
  return zoomSteps.toSorted((a, b) => Math.abs(a - zoom) - Math.abs(b - zoom))[0] ?? 1;
}
