// Right clicks, and the menu key of the keyboard, on a row, tile or card open the menu of its three dots at the pointer. One listener for the
// whole window: whatever has such a button has a context menu, with the same verbs.
import { useEffect } from 'react';
import { isTyping } from './typing.ts';

/** In px of the window. */
export interface Point {
  x: number;
  y: number;
}

/** What a menu button carries, with its id, to be found by a right click. */
export const MENU_MARK = 'data-menu-of-thing';
/** Beyond these a button belongs to the page, or to one of several things, and not to what is under the pointer. */
const BORDERS =
  '.page, .window, [role="grid"], [role="tabpanel"], [role="dialog"], [role="alertdialog"], [role="menu"], main, body';

const openers = new Map<string, (at: Point) => void>();

/** `open` is called with the place of the pointer, until the answer is called. */
export function onContextMenu(id: string, open: (at: Point) => void): () => void {
  openers.set(id, open);
  return () => void openers.delete(id);
}

/** For the window, once. */
export function useContextMenus(): void {
  useEffect(() => {
    document.addEventListener('pointerdown', noteSelection, true);
    document.addEventListener('contextmenu', openMenu);
    return () => {
      document.removeEventListener('pointerdown', noteSelection, true);
      document.removeEventListener('contextmenu', openMenu);
    };
  }, []);
}

/** Text was selected before the press: some systems select a word by a right click. */
let wasSelected = false;

function noteSelection(): void {
  wasSelected = isTextSelected();
}

function isTextSelected(): boolean {
  return getSelection()?.isCollapsed === false;
}

function openMenu(event: MouseEvent): void {
  const { target } = event;
  // A guest gets its own right clicks; texts keep the browser’s menu, for copying and pasting.
  if (event.defaultPrevented || !(target instanceof Element) || isTyping(target)) return;
  if (wasSelected && isTextSelected()) return;
  const open = openers.get(menuAround(target) ?? '');
  if (!open) return;
  event.preventDefault();
  open(placeOf(event, target));
}

/** The id of the one menu button in the smallest thing around; null: there is none, or several things are meant. */
function menuAround(target: Element): string | null {
  for (let place: Element | null = target; place && !place.matches(BORDERS); place = place.parentElement) {
    const found = [...place.querySelectorAll(`[${MENU_MARK}]`)];
    if (place.matches(`[${MENU_MARK}]`)) found.push(place);
    if (found.length > 0) return found.length === 1 ? (found[0]?.getAttribute(MENU_MARK) ?? null) : null;
  }
  return null;
}

/** The menu key has no pointer: then the middle of what has the focus. */
function placeOf({ clientX, clientY }: MouseEvent, target: Element): Point {
  if (clientX !== 0 || clientY !== 0) return { x: clientX, y: clientY };
  const { left, top, width, height } = target.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
