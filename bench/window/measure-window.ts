// Drives the window in headless Chromium and measures what a person feels: key to paint, scrolling, idle load, elements.
import type { CDPSession, Page } from '@playwright/test';
import { longestFrame, watchFrames } from './frame-gaps.ts';
import { mainThreadDuring } from './main-thread.ts';
import { cardsOf, elements, goTo, pictured, settled } from './page-state.ts';

/** What one size of an installation costs the window. Times in ms. */
export interface WindowMetrics {
  /** From the reload to the first card. */
  firstBoardMs: number;
  /** Elements of the document on the board, as cards. */
  boardElements: number;
  /** Elements on the page of the large ENV. */
  envElements: number;
  /** From a key in the filter to the next frame, each letter one value. */
  filterMs: number[];
  /** From an arrow key among the cards to the next frame. */
  arrowMs: number[];
  /** The same among the machines of the large ENV. */
  machineArrowMs: number[];
  /** Longest time between two frames while cards or machines are scrolled, on this machine as it is. */
  scrollFrameMs: number;
  /** Longest task of the main thread meanwhile, in processor time: of the board, of the machines' page. */
  boardScrollTaskMs: number;
  machineScrollTaskMs: number;
  /** Processor time of the main thread in a second, in the first seconds of the board, in which its pictures come. */
  boardFillMsPerS: number;
  /** The same of the machines' page. */
  fillMsPerS: number;
  /** The same once all pictures in sight are there, while nobody does anything: metrics and other pictures come each second. */
  boardIdleMsPerS: number;
  idleMsPerS: number;
  /** JavaScript heap after a collection, on the board or on the machines' page, whichever is more. */
  heapMiB: number;
}

export interface MeasureOptions {
  /** Number of presses of each key. */
  presses: number;
  largeEnv: string;
}

const IDLE_S = 5;
const SCROLL_STEPS = 40;

export async function measureWindow(page: Page, { presses, largeEnv }: MeasureOptions): Promise<WindowMetrics> {
  const cdp = await page.context().newCDPSession(page);
  await page.goto(`${new URL(page.url()).origin}/#/envs`);
  const begun = performance.now();
  await page.reload();
  const cards = cardsOf(page);
  await cards.first().waitFor({ timeout: 120_000 });
  const firstBoardMs = performance.now() - begun;
  await settled(page);
  const boardElements = await elements(page);
  const boardHeapMiB = await heap(cdp);
  await cards.first().focus();
  const arrowMs = await pressed(page, 'ArrowRight', presses);
  const boardFillMsPerS = await idle(page);
  await pictured(page);
  const boardIdleMsPerS = await idle(page);
  const boardScroll = await scrolled(page);
  await page.keyboard.press('/');
  const filterMs = await typed(page, 'env', presses);
  await goTo(page, `#/envs/${largeEnv}`);
  const envElements = await elements(page);
  await cards.first().focus();
  const machineArrowMs = await pressed(page, 'ArrowRight', presses);
  const fillMsPerS = await idle(page);
  await pictured(page);
  const idleMsPerS = await idle(page);
  const machineScroll = await scrolled(page);
  const heapMiB = Math.max(boardHeapMiB, await heap(cdp));
  await cdp.detach();
  return {
    firstBoardMs,
    boardElements,
    envElements,
    filterMs,
    arrowMs,
    machineArrowMs,
    scrollFrameMs: Math.max(boardScroll.longestFrameMs, machineScroll.longestFrameMs),
    boardScrollTaskMs: boardScroll.longestTaskMs,
    machineScrollTaskMs: machineScroll.longestTaskMs,
    boardFillMsPerS,
    fillMsPerS,
    boardIdleMsPerS,
    idleMsPerS,
    heapMiB,
  };
}

async function typed(page: Page, text: string, presses: number): Promise<number[]> {
  const times: number[] = [];
  while (times.length < presses) {
    for (const letter of text) times.push(await untilPaint(page, letter));
    for (const _ of text) times.push(await untilPaint(page, 'Backspace'));
  }
  return times;
}

async function pressed(page: Page, key: string, presses: number): Promise<number[]> {
  const times: number[] = [];
  for (let press = 0; press < presses; press++) times.push(await untilPaint(page, key));
  return times;
}

/** From the key's own time stamp to the moment after the frame that shows what it did. */
async function untilPaint(page: Page, key: string): Promise<number> {
  await page.evaluate(() => {
    const painted = new Promise<number>((resolve) => {
      const onKey = ({ timeStamp }: KeyboardEvent) =>
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now() - timeStamp);
          port2.postMessage(null);
        });
      document.addEventListener('keydown', onKey, { capture: true, once: true });
    });
    Reflect.set(window, 'painted', painted);
  });
  await page.keyboard.press(key);
  const ms = await page.evaluate(() => Reflect.get(window, 'painted') as Promise<number>);
  await settled(page);
  return ms;
}

/** Of the objects that are in use, in MiB. */
async function heap(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return usedSize / 1024 ** 2;
}

async function idle(page: Page): Promise<number> {
  const { thread } = await mainThreadDuring(page, () => page.waitForTimeout(IDLE_S * 1000));
  return thread.msPerS;
}

async function scrolled(page: Page): Promise<{ longestFrameMs: number; longestTaskMs: number }> {
  await page.mouse.move(500, 500);
  await watchFrames(page);
  const { thread } = await mainThreadDuring(page, async () => {
    for (let step = 0; step < SCROLL_STEPS; step++) await page.mouse.wheel(0, 240);
    await settled(page);
  });
  return { longestFrameMs: await longestFrame(page), longestTaskMs: thread.longestTaskMs };
}
