// Keyboard dragging over tiles that stand in a grid: react-aria 1.22 looks only "before" each item when it steps down a column
// and so finds no item to drop ON. Stepping in list order finds them all; arrows then go from tile to tile.
import type { DragAndDropHooks } from 'react-aria-components';

type DropHook = NonNullable<DragAndDropHooks['useDroppableCollection']>;
type Delegate = Parameters<DropHook>[0]['keyboardDelegate'];
type DropState = Parameters<DropHook>[1];

export function inListOrder<Hooks extends DragAndDropHooks>(hooks: Hooks): Hooks {
  const original = hooks.useDroppableCollection;
  if (!original) return hooks;
  const inOrder: DropHook = (options, state, ref) =>
    original({ ...options, keyboardDelegate: listOrder(state.collection) }, state, ref);
  return { ...hooks, useDroppableCollection: inOrder };
}

function listOrder(collection: DropState['collection']): Delegate {
  const after = (key: string | number) => collection.getKeyAfter(key);
  const before = (key: string | number) => collection.getKeyBefore(key);
  return {
    getFirstKey: () => collection.getFirstKey(),
    getLastKey: () => collection.getLastKey(),
    getKeyBelow: after,
    getKeyRightOf: after,
    getKeyAbove: before,
    getKeyLeftOf: before,
  };
}
