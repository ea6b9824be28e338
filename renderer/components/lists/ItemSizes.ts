// The heights of the items of a long list, told to its layout before they are painted. react-aria measures each item alone, and once more when
// it begins to observe it, and each time the page is laid out anew; here those that came together are measured together, once.
import { useState } from 'react';
import { flushSync } from 'react-dom';
import type { Key } from 'react-aria-components';
import { Size } from 'react-aria-components/Virtualizer';
import type { AutoFillLayout } from './AutoFillLayout.ts';

type ItemRef = (element: HTMLElement | null) => (() => void) | undefined;

interface Item {
  key: Key;
  element: HTMLElement;
}

/** What it needs of the window; tests give their own. */
export interface ItemSizesWindow {
  /** Calls when what runs has ended, before the window is painted. */
  soon: (run: () => void) => void;
  /** Draws what `change` changes before it returns. */
  draw: (change: () => void) => void;
  observe: (onResize: ResizeObserverCallback) => Pick<ResizeObserver, 'observe' | 'unobserve'>;
}

const browser: ItemSizesWindow = {
  soon: (run) => queueMicrotask(run),
  draw: flushSync,
  observe: (onResize) => new ResizeObserver(onResize),
};

export class ItemSizes {
  readonly #layout: AutoFillLayout;
  readonly #window: ItemSizesWindow;
  readonly #refs = new Map<Key, ItemRef>();
  /** Those that are in the document. */
  readonly #items = new Map<Element, Item>();
  /** Those that have come and were not measured yet. */
  #fresh: Item[] = [];
  #observer: ReturnType<ItemSizesWindow['observe']> | null = null;

  constructor(layout: AutoFillLayout, own: ItemSizesWindow = browser) {
    this.#layout = layout;
    this.#window = own;
  }

  /** What an item gets as its ref: the same each time it is drawn. */
  refOf(key: Key): ItemRef {
    const known = this.#refs.get(key);
    if (known) return known;
    const ref: ItemRef = (element) => {
      if (!element) return undefined;
      this.#add(key, element);
      return () => this.#remove(key, element);
    };
    this.#refs.set(key, ref);
    return ref;
  }

  #add(key: Key, element: HTMLElement): void {
    const item = { key, element };
    this.#items.set(element, item);
    this.#observer ??= this.#window.observe((entries) => this.#resized(entries));
    this.#observer.observe(element, { box: 'border-box' });
    this.#fresh.push(item);
    if (this.#fresh.length > 1) return;
    this.#window.soon(() => {
      const fresh = this.#fresh.filter((one) => this.#items.get(one.element) === one);
      this.#fresh = [];
      if (this.#measure(fresh)) this.#window.draw(() => this.#place());
    });
  }

  #remove(key: Key, element: HTMLElement): void {
    this.#observer?.unobserve(element);
    this.#items.delete(element);
    this.#refs.delete(key);
  }

  #resized(entries: readonly ResizeObserverEntry[]): void {
    const items = entries.flatMap(({ target, borderBoxSize: [box] }) => {
      const item = this.#items.get(target);
      return item && box && this.#layout.isToMeasure(item.key, box.blockSize) ? [item] : [];
    });
    // Not drawn at once: what becomes higher with its row would be told too late to be looked at in the same frame.
    if (this.#measure(items)) this.#place();
  }

  #place(): void {
    this.#layout.virtualizer?.invalidate({ itemSizeChanged: true });
  }

  /** All are let free before the first is measured: the page is laid out once for them. Tells whether places change. */
  #measure(items: readonly Item[]): boolean {
    const placed = items.flatMap(({ key, element: { parentElement: place } }) =>
      place ? [{ key, place, height: place.style.height }] : [],
    );
    for (const { place } of placed) place.style.height = '';
    const sizes = placed.map(({ key, place }) => ({ key, size: new Size(place.scrollWidth, place.scrollHeight) }));
    for (const { place, height } of placed) place.style.height = height;
    // What has no height is in a part of the window that is not shown.
    return sizes.filter(({ key, size }) => size.height > 0 && this.#layout.updateItemSize(key, size)).length > 0;
  }
}

/** Of the list that `layout` places, as long as it is shown. */
export function useItemSizes(layout: AutoFillLayout): ItemSizes {
  return useState(() => new ItemSizes(layout))[0];
}
