// A frame that is drawn is used, a window that draws none is not waited for, and either comes once.
import { LayoutInfo, Rect } from 'react-aria-components/Virtualizer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { browserFrames } from './frames.ts';
import { FramePieces } from './lists/FramePieces.ts';

/** As of a browser: while its document is hidden nothing is drawn. */
const browser = { visibilityState: 'visible', next: new Map<number, () => void>(), asked: 0 };
const draw = () => {
  if (browser.visibilityState === 'hidden') return;
  const due = [...browser.next.values()];
  browser.next.clear();
  for (const run of due) run();
};

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(browser, { visibilityState: 'visible', asked: 0 });
  browser.next.clear();
  vi.stubGlobal('document', browser);
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => {
    browser.next.set(++browser.asked, run);
    return browser.asked;
  });
  vi.stubGlobal('cancelAnimationFrame', (frame: number) => browser.next.delete(frame));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('comes with the frame, once', () => {
  const run = vi.fn();
  browserFrames(run);
  expect(run).not.toHaveBeenCalled();
  draw();
  vi.runAllTimers();
  expect(run).toHaveBeenCalledOnce();
});

test('comes in a hidden window too, once, also when that is shown again', () => {
  browser.visibilityState = 'hidden';
  const run = vi.fn();
  browserFrames(run);
  draw();
  expect(run).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(run).toHaveBeenCalledOnce();
  browser.visibilityState = 'visible';
  draw();
  expect(run).toHaveBeenCalledOnce();
});

test('does not come any more once it is prevented', () => {
  const run = vi.fn();
  browserFrames(run)();
  draw();
  vi.runAllTimers();
  expect(run).not.toHaveBeenCalled();
});

test('what comes into sight of a list in a hidden window is made all the same', () => {
  browser.visibilityState = 'hidden';
  const invalidate = vi.fn();
  const drawn = { visibleRect: new Rect(0, 0, 100, 100), getVisibleView: () => undefined, invalidate };
  const rows = ['one', 'two'].map((key, row) => new LayoutInfo('row', key, new Rect(0, row * 10, 100, 10)));
  expect(new FramePieces().waiting(drawn, rows, 1).size).toBe(1);
  draw();
  expect(invalidate).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(invalidate).toHaveBeenCalledOnce();
});
