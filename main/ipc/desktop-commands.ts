// What menus, the tray and notifications tell a window to do. The window does it by its own actions, so a menu refuses what a button
// refuses, and for the same reason. renderer/bridge.ts has the same type.

import type { OpenedFile } from '../desk/opened-files.ts';

/** `go`: a view, as in the address; `run`: one of the window’s actions. */
export type DesktopCommand =
  | { go: string }
  /** Another connection, by its id, and a view there; null: where one was. */
  | { show: string; go: string | null }
  | { run: 'newEnv' | 'addServer' | 'palette' | 'shelf' | 'keys' }
  /** Files were opened with TT; they are read by their ids. */
  | { open: OpenedFile[] }
  /** Sent when something asked for outside a window could not be done. */
  | { explain: string };

export type CommandName = Extract<DesktopCommand, { run: string }>['run'];

/** A view as it stands in an address: nothing but names, encoded. */
const place = /^#\/[\w/%.~!'()*-]*$/;
const MOST_PLACE = 1024;

/** `text` if it is the address of a view, else the board. */
export function placeOr(text: string, otherwise = '#/envs'): string {
  return text.length <= MOST_PLACE && place.test(text) ? text : otherwise;
}
