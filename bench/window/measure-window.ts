// Drives the window in headless Chromium and measures what a person feels: key to paint, scrolling, idle load, elements.
import type { CDPSession, Page } from '@playwright/test';
import { longestFrame, watchFrames } from './frame-gaps.ts';

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
  /** Longest time between two frames while the machines are scrolled. */
  scrollMs: number;
  /** Time of the main thread in a second of the machines' page, while nobody does anything: metrics come each second. */
  idleMsPerS: number;
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
  const cards = page.getByRole('grid').getByRole('row');
  await cards.first().waitFor({ timeout: 120_000 });
  const firstBoardMs = performance.now() - begun;
  await settled(page);
  const boardElements = await elements(page);
  await cards.first().focus();
  const arrowMs = await pressed(page, 'ArrowRight', presses);
  await page.keyboard.press('/');
  const filterMs = await typed(page, 'env', presses);
  await page.evaluate((name) => (window.location.hash = `#/envs/${name}`), largeEnv);
  await cards.first().waitFor({ timeout: 120_000 });
  await settled(page);
  const envElements = await elements(page);
  await cards.first().focus();
  const machineArrowMs = await pressed(page, 'ArrowRight', presses);
  const idleMsPerS = await idle(page, cdp);
  const scrollMs = await scrolled(page);
  await cdp.detach();
  return { firstBoardMs, boardElements, envElements, filterMs, arrowMs, machineArrowMs, scrollMs, idleMsPerS };
}

function elements(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelectorAll('*').length);
}

/** Until the page has drawn what it got: two frames and an idle moment. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) =>
        requestAnimationFrame(() =>
          requestAnimationFrame(() => requestIdleCallback(() => resolve(), { timeout: 3000 })),
        ),
      ),
  );
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

async function idle(page: Page, cdp: CDPSession): Promise<number> {
  await cdp.send('Performance.enable');
  const taskS = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  await settled(page);
  const before = await taskS();
  const begun = performance.now();
  await page.waitForTimeout(IDLE_S * 1000);
  const after = await taskS();
  await cdp.send('Performance.disable');
  return ((after - before) * 1000) / ((performance.now() - begun) / 1000);
}

async function scrolled(page: Page): Promise<number> {
  await page.mouse.move(500, 500);
  await watchFrames(page);
  for (let step = 0; step < SCROLL_STEPS; step++) await page.mouse.wheel(0, 240);
  await settled(page);
  return longestFrame(page);
}
