// Ties the grammar of dragging to react-aria: pointer, touch and keyboard (Enter on a handle, Tab between targets, Enter,
// Esc) all ask verbFor() and end in runVerb(). One hook for lists, one for single things to take, one for single targets.
import { type RefObject, useMemo, useRef } from 'react';
import { type DropItem, useDrag, useDragAndDrop, useDrop } from 'react-aria-components';
import { snapshotLabel } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { Stores } from '../state/stores.ts';
import { type Held, meantBy, PAGE, type Target } from './drag-grammar.ts';
import { DragChip, heldPicture } from './DragChip.tsx';
import type { DragStore } from './drag-store.ts';
import { inListOrder } from './list-order.ts';
import { runVerb } from './run-verb.ts';

type Key = string | number;

/** What travels with the pointer; the meaning stays in the drag store, so nothing dropped from outside is believed. */
const HELD_TYPE = 'application/x-tt-held';

export interface ListGrammar {
  /** What is taken with this item; leave out when the items can't be taken. */
  heldOf?: (key: Key) => Held | null;
  /** What this item is as a target; leave out when nothing can be dropped on items. */
  targetOf?: (key: Key) => Target | null;
  /** What the list itself is as a target, between its items. */
  root?: Target;
}

export function useGrammarOfList({ heldOf, targetOf, root }: ListGrammar) {
  const stores = useStores();
  const { drag } = stores;
  const targetAt = (key: Key) => targetOf?.(key) ?? null;
  const aimAt = (target: { type: 'root' } | { type: 'item'; key: Key }) =>
    target.type === 'item' ? targetAt(target.key) : meantBy(drag.held, root ?? PAGE);
  const { dragAndDropHooks } = useDragAndDrop({
    ...(heldOf
      ? {
          getItems: (keys: Set<Key>) => [...keys].map((key) => itemFor(heldOf(key))),
          onDragStart: ({ keys }: { keys: Set<Key> }) => {
            const [key] = keys;
            const held = key === undefined ? null : heldOf(key);
            if (held) drag.take(held);
          },
          onDragEnd: () => drag.letGo(),
          renderDragPreview: (items) => (
            <DragChip name={items[0]?.['text/plain'] ?? ''} picture={heldPicture(stores, drag.held)} />
          ),
        }
      : {}),
    ...(targetOf
      ? {
          getDropOperation: (target) => {
            if (target.type === 'item' && target.dropPosition !== 'on') return 'cancel';
            const aim = aimAt(target);
            return aim ? operationOn(drag, aim) : 'cancel';
          },
          onDropEnter: ({ target }) => {
            const aim = aimAt(target);
            if (aim) drag.enter(aim);
          },
          onDropExit: () => drag.leave(),
          onRootDrop: ({ items }) => {
            dropOn(stores, meantBy(drag.held, root ?? PAGE), items);
          },
          onItemDrop: ({ target, items }) => {
            const aim = targetAt(target.key);
            if (aim) dropOn(stores, aim, items);
          },
        }
      : {}),
  });
  return useMemo(() => inListOrder(dragAndDropHooks), [dragAndDropHooks]);
}

/** Makes one element take-able: `dragProps` for the element, `dragButtonProps` for its handle (the keyboard's way). */
export function useGrammarSource(held: Held) {
  const { drag } = useStores();
  const preview = useRef((_items: unknown, show: (node: HTMLElement | null) => void) => showChip(nameOf(held), show));
  return useDrag({
    getItems: () => [itemFor(held)],
    hasDragButton: true,
    preview,
    onDragStart: () => drag.take(held),
    onDragEnd: () => drag.letGo(),
  });
}

/** Makes one element a target. It is valid when `drag.verbFor(target)` says so. */
export function useGrammarTarget(target: Target, ref: RefObject<HTMLElement | null>) {
  const stores = useStores();
  const { drag } = stores;
  return useDrop({
    ref,
    getDropOperation: () => operationOn(drag, meantBy(drag.held, target)),
    onDropEnter: () => drag.enter(meantBy(drag.held, target)),
    onDropExit: () => drag.leave(),
    onDrop: ({ items }) => dropOn(stores, meantBy(drag.held, target), items),
  });
}

/** Files are copied: where they come from they stay. */
function operationOn(drag: DragStore, target: Target): 'copy' | 'move' | 'cancel' {
  if (!drag.verbFor(target)) return 'cancel';
  return drag.held?.kind === 'files' ? 'copy' : 'move';
}

function dropOn(stores: Stores, target: Target, items: readonly DropItem[]): void {
  const verb = stores.drag.verbFor(target);
  if (verb) runVerb(stores, verb, items);
}

function itemFor(held: Held | null): Record<string, string> {
  const name = held ? nameOf(held) : '';
  return { [HELD_TYPE]: name, 'text/plain': name };
}

function nameOf(held: Held): string {
  if (held.kind === 'files') return '';
  if (held.kind === 'vm') return held.vmName;
  return held.kind === 'env' ? held.envName : snapshotLabel(held.snapshot.name);
}

/** The browser takes a picture of the chip at once; after that it can go. */
function showChip(name: string, show: (node: HTMLElement | null) => void): void {
  const chip = document.createElement('div');
  chip.className = 'drag-chip off-screen';
  chip.textContent = name;
  document.body.append(chip);
  show(chip);
  requestAnimationFrame(() => chip.remove());
}
