// react-aria keeps every key that is pressed on a button in an item of a list from all around the list, so that the list does not take it
// for its own. It is kept from the list alone here: keys of the window (Ctrl-Z, Ctrl-K, F1, letters) mean the same wherever the focus is.
import { isTyping } from '../typing.ts';

/** Keys that move, choose or leave: where one of them is used up, nothing else must see it. */
const OF_THE_ITEM = new Set(['Tab', 'Enter', ' ', 'Escape']);

/** Lets them through to the document until the answer is called. To be begun before its listeners need them. */
export function letKeysOfItemsThrough(page: Document): () => void {
  const look = (event: KeyboardEvent) => {
    const { target, key } = event;
    if (OF_THE_ITEM.has(key) || key.startsWith('Arrow') || isTyping(target) || !isInItem(target)) return;
    // React still stops its own event at the item; the one of the browser goes on.
    event.stopPropagation = () => {};
  };
  page.addEventListener('keydown', look, { capture: true });
  return () => page.removeEventListener('keydown', look, { capture: true });
}

function isInItem(target: EventTarget | null): boolean {
  // A cell that has the focus itself stands for its row.
  return (
    target instanceof Element &&
    target.closest('[role="row"]') !== null &&
    !target.matches('[role="row"], [role$="cell"], [role$="header"]')
  );
}
