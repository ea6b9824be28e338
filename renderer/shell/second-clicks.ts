// The second click of a double click, where the first one has already opened another page: it was meant for what lay there before, and
// must not press what lies there now. Which click is a second one the system says, with the event that follows the press of the pointer; so a
// press in the same place is held until then, and given on if it is none.
import { useEffect } from 'react';
import { formatRoute } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';

/** No hand is so steady when it means another thing. */
const WITHIN_PX = 2;
/** The longest that systems allow between two clicks of one double click. */
const WITHIN_MS = 900;
/** All that a press causes after it began. */
const AFTER_PRESS = ['mousedown', 'pointerup', 'mouseup', 'click', 'dblclick'] as const;

interface Press {
  event: PointerEvent;
  route: string;
}

/** Keeps them from whatever is in `page`; the answer ends that. `routeNow`: which page is shown. */
export function dropSecondClicks(page: EventTarget, routeNow: () => string): () => void {
  let first: Press | null = null;
  let held: PointerEvent | null = null;
  let isDropping = false;
  /** The one that is given on, which must not be held again. */
  let given: Event | null = null;

  const onPress = (event: Event) => {
    if (event === given) return;
    const press = { event: event as PointerEvent, route: routeNow() };
    isDropping = false;
    held = first !== null && first.route !== press.route && isSamePlace(first.event, press.event) ? press.event : null;
    first = press;
    // Its default stays: without it the system would not say which click it is.
    if (held) event.stopImmediatePropagation();
  };
  const onRest = (event: Event) => {
    if (event.type === 'mousedown' && held) {
      const press = held;
      held = null;
      isDropping = (event as MouseEvent).detail > 1;
      if (!isDropping) {
        given = again(press);
        press.target?.dispatchEvent(given);
      }
    }
    if (!isDropping) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  // Captured: before anything in the page hears of it.
  page.addEventListener('pointerdown', onPress, { capture: true });
  for (const kind of AFTER_PRESS) page.addEventListener(kind, onRest, { capture: true });
  return () => {
    page.removeEventListener('pointerdown', onPress, { capture: true });
    for (const kind of AFTER_PRESS) page.removeEventListener(kind, onRest, { capture: true });
  };
}

function isSamePlace(one: PointerEvent, next: PointerEvent): boolean {
  const isNear = Math.hypot(next.clientX - one.clientX, next.clientY - one.clientY) <= WITHIN_PX;
  const isMouse = one.pointerType === 'mouse' && next.pointerType === 'mouse' && one.button === next.button;
  return isMouse && isNear && next.timeStamp - one.timeStamp <= WITHIN_MS;
}

function again(press: PointerEvent): PointerEvent {
  return new PointerEvent(press.type, press);
}

export function useSecondClicks(): void {
  const { view } = useStores();
  useEffect(() => dropSecondClicks(document, () => formatRoute(view.route)), [view]);
}
