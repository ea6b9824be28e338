// Where a window is and how large: what is remembered of it, made to fit the screens that are there now. Pure.

export interface Size {
  width: number;
  height: number;
}

export interface Rectangle extends Size {
  x: number;
  y: number;
}

/** In px of the desktop. `x`, `y`: null lets the system choose. `place`: the view, as in the address. */
export interface WindowState {
  x: number | null;
  y: number | null;
  width: number;
  height: number;
  isMaximized: boolean;
  isFullScreen: boolean;
  place: string;
  /** Id of the connection that it shows; null: the one that was shown last. */
  connection: string | null;
}

export const MIN_WIDTH = 760;
export const MIN_HEIGHT = 520;
export const NEW_WINDOW: WindowState = {
  x: null,
  y: null,
  width: 1280,
  height: 820,
  isMaximized: false,
  isFullScreen: false,
  place: '#/envs',
  connection: null,
};
/** Of a second window to the one before, so that both are seen. */
const OFFSET = 32;
/** So much of the title bar must be on a screen for the window to be got hold of. */
const GRIP_WIDTH = 96;
const GRIP_HEIGHT = 24;

/** No larger than the screen it is on; where none holds it (that screen is gone), the system places it on the first one. */
export function fitted(state: WindowState, screens: readonly Rectangle[]): WindowState {
  const { x, y } = state;
  const at = x === null || y === null ? null : { ...state, x, y };
  const holder = at && screens.find((screen) => canBeHeld(screen, at));
  const space = holder ?? screens[0] ?? state;
  const width = Math.max(MIN_WIDTH, Math.min(state.width, space.width));
  const height = Math.max(MIN_HEIGHT, Math.min(state.height, space.height));
  return holder ? { ...state, width, height } : { ...state, x: null, y: null, width, height };
}

function canBeHeld(screen: Rectangle, { x, y, width }: Rectangle): boolean {
  const seen = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
  return seen >= GRIP_WIDTH && y >= screen.y && y + GRIP_HEIGHT <= screen.y + screen.height;
}

/** Another window beside `before`, on the same view of the same connection. */
export function beside(before: WindowState | null): WindowState {
  if (!before) return NEW_WINDOW;
  const { x, y } = before;
  return {
    ...before,
    x: x === null ? null : x + OFFSET,
    y: y === null ? null : y + OFFSET,
    isMaximized: false,
    isFullScreen: false,
  };
}
