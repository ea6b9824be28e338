// What comes together is measured together, and drawn anew only when a height is another than was guessed.
import { expect, test, vi } from 'vitest';
import { AutoFillLayout } from './AutoFillLayout.ts';
import { ItemSizes } from './ItemSizes.ts';

/** As the window has it: an item in its place, which shows how high the item is only when it is let free. */
class FakeElement {
  readonly parentElement: { style: { height: string }; scrollWidth: number; readonly scrollHeight: number };

  constructor(natural: { height: number }, seen: string[], name: string) {
    const style = {
      get height() {
        return this.own;
      },
      set height(value: string) {
        this.own = value;
        seen.push(`${name} ${value === '' ? 'free' : value}`);
      },
      own: '100px',
    };
    this.parentElement = {
      style,
      scrollWidth: 300,
      get scrollHeight() {
        seen.push(`${name} measured`);
        return style.height === '' ? natural.height : 100;
      },
    };
  }
}

function list() {
  const [seen, soon]: [string[], (() => void)[]] = [[], []];
  const layout = new AutoFillLayout();
  const invalidate = vi.fn();
  const virtualizer = { collection: { getKeys: () => ['a', 'b', 'c'] }, size: { width: 300, height: 0 }, invalidate };
  Object.assign(layout, { virtualizer });
  const update = () => layout.update({ layoutOptions: { minWidth: 300, gap: 8, height: 100 } });
  update();
  let resized: ResizeObserverCallback = () => {};
  const [observe, unobserve] = [vi.fn(), vi.fn()];
  const sizes = new ItemSizes(layout, {
    soon: (run) => soon.push(run),
    draw: (change) => change(),
    observe: (onResize) => {
      resized = onResize;
      return { observe, unobserve };
    },
  });
  const come = (name: string, height = 100) => {
    const natural = { height };
    const element = new FakeElement(natural, seen, name) as unknown as HTMLElement;
    return { element, natural, leave: sizes.refOf(name)(element) };
  };
  /** The window tells that an item is `height` px high now. */
  const tell = (target: HTMLElement, height: number) =>
    resized(
      [{ target, borderBoxSize: [{ blockSize: height }] }] as unknown as ResizeObserverEntry[],
      {} as ResizeObserver,
    );
  const settle = () => {
    for (const run of soon.splice(0)) run();
  };
  return { layout, sizes, seen, invalidate, update, come, tell, settle, observe, unobserve };
}

test('all that came are let free before the first is measured, and have their places again', () => {
  const { seen, invalidate, come, settle } = list();
  come('a');
  come('b');
  expect(seen).toEqual([]);
  settle();
  expect(seen).toEqual(['a free', 'b free', 'a measured', 'b measured', 'a 100px', 'b 100px']);
  // As high as was guessed: nothing is drawn.
  expect(invalidate).not.toHaveBeenCalled();
  settle();
  expect(seen).toHaveLength(6);
});

test('another height than was guessed is drawn, once for all of them', () => {
  const { layout, invalidate, update, come, settle } = list();
  come('a', 150);
  come('b', 130);
  settle();
  expect(invalidate.mock.calls).toEqual([[{ itemSizeChanged: true }]]);
  update();
  expect(['a', 'b', 'c'].map((key) => layout.getLayoutInfo(key)?.rect.y)).toEqual([0, 158, 296]);
});

test('what grows later is measured; what is as high as its place, or not shown, is not', () => {
  const { layout, seen, invalidate, update, come, tell, settle } = list();
  const { element, natural } = come('a');
  settle();
  seen.length = 0;
  tell(element, 100.4);
  expect(seen).toEqual([]);
  natural.height = 160;
  tell(element, 160);
  expect(invalidate).toHaveBeenCalledOnce();
  update();
  expect(layout.getLayoutInfo('a')?.rect.height).toBe(160);
  natural.height = 0;
  tell(element, 0);
  expect(layout.getLayoutInfo('a')?.rect.height).toBe(160);
});

test('an item keeps its ref, and what left is not measured', () => {
  const { sizes, seen, come, settle, observe, unobserve } = list();
  expect(sizes.refOf('a')).toBe(sizes.refOf('a'));
  const { element, leave } = come('a');
  expect(observe.mock.calls).toEqual([[element, { box: 'border-box' }]]);
  leave?.();
  settle();
  expect([seen, unobserve.mock.calls]).toEqual([[], [[element]]]);
});
