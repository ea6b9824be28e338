// The second click of a double click, where the first one has already opened another page: it was meant for what lay there before, and
// must not press what lies there now.
import { useEffect } from 'react';
import { formatRoute } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';

/** As most systems have it: two presses this close in time and place are a double click. */
const WITHIN_MS = 500;
const WITHIN_PX = 6;
/** All that one press of a mouse causes. */
const KINDS = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'dblclick'] as const;

type Press = Pick<PointerEvent, 'timeStamp' | 'clientX' | 'clientY' | 'button' | 'pointerType'>;

/** Keeps them from whatever is in `page`; the answer ends that. `routeNow`: which page is shown. */
export function dropSecondClicks(page: EventTarget, routeNow: () => string): () => void {
  let first: { press: Press; route: string } | null = null;
  let isDropping = false;
  const see = (event: Event) => {
    if (event.type === 'pointerdown') {
      const press = event as PointerEvent;
      const route = routeNow();
      isDropping = first !== null && first.route !== route && isDoubleClick(first.press, press);
      // A third click is nobody's second one.
      first = isDropping ? null : { press, route };
    }
    if (!isDropping) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  // Captured: before anything in the page hears of it.
  for (const kind of KINDS) page.addEventListener(kind, see, { capture: true });
  return () => {
    for (const kind of KINDS) page.removeEventListener(kind, see, { capture: true });
  };
}

function isDoubleClick(one: Press, next: Press): boolean {
  const isNear = Math.hypot(next.clientX - one.clientX, next.clientY - one.clientY) <= WITHIN_PX;
  const isMouse = one.pointerType === 'mouse' && next.pointerType === 'mouse' && one.button === next.button;
  return isMouse && isNear && next.timeStamp - one.timeStamp <= WITHIN_MS;
}

export function useSecondClicks(): void {
  const { view } = useStores();
  useEffect(() => dropSecondClicks(document, () => formatRoute(view.route)), [view]);
}
