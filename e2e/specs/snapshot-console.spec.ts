// A machine is reverted while its screen is open: the last picture stays until the new one is there, on the same connection, and the
// keyboard goes on to the guest. How long that takes is a row of `npm run bench -- window`.
import type { Locator } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

const FRAMES = 'framesOfTheConsole';

test('the screen goes from its last picture to the new one, and the guest keeps the keyboard', async ({ tt }) => {
  await createEnv(tt.agent, 'demo', 2);
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  const console = window.console('tiny-2-1');
  await console.connected();
  const canvas = console.screen.locator('canvas');
  await expect.poll(() => pictureOf(canvas)).not.toBeNull();
  const then = await pictureOf(canvas);
  await console.takeKeys();
  await tt.page.keyboard.type('broken');
  await expect.poll(() => pictureOf(canvas)).not.toBe(then);

  await watchFrames(canvas);
  await tt.agent.client.snapshot.revert({ envName: 'demo', name: 'clean', safety: false });
  await expect.poll(() => pictureOf(canvas)).toBe(then);

  // Another connection would have another canvas; what was lost would be black, or a notice over it.
  const { isSameCanvas, phases, blanks, frames } = await framesOf(canvas);
  expect({ isSameCanvas, phases, blanks }).toEqual({ isSameCanvas: true, phases: ['connected'], blanks: 0 });
  expect(frames).toBeGreaterThan(0);
  await expect(tt.page.getByText('Keyboard captured by tiny-2-1')).toBeVisible();
  await expect(canvas).toBeFocused();
  await tt.page.keyboard.type('again');
  await expect.poll(() => pictureOf(canvas)).not.toBe(then);
});

/** The pixels as one number; null while all are black. */
function pictureOf(canvas: Locator): Promise<number | null> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const data = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data;
    let sum = 0;
    let isLit = false;
    for (const [index, value] of new Uint32Array(data?.buffer ?? new ArrayBuffer(0)).entries()) {
      sum = (Math.imul(sum, 31) + value + index) | 0;
      isLit ||= (value & 0xffffff) !== 0;
    }
    return isLit ? sum : null;
  });
}

/** From now on looks at each frame: which canvas it is, what the page says of the connection, whether the picture is gone. */
async function watchFrames(canvas: Locator): Promise<void> {
  await canvas.evaluate((first: HTMLCanvasElement, key) => {
    const seen = { isSameCanvas: true, phases: new Set<string>(), blanks: 0, frames: 0 };
    Reflect.set(globalThis, key, seen);
    const look = () => {
      const stage = document.querySelector<HTMLElement>('.console-stage');
      const now = stage?.querySelector('canvas');
      seen.isSameCanvas &&= now === first;
      seen.phases.add(stage?.dataset['phase'] ?? 'none');
      const pixel = now?.getContext('2d')?.getImageData(1, 1, 1, 1).data;
      if (pixel?.slice(0, 3).every((part) => part === 0) ?? true) seen.blanks++;
      seen.frames++;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, FRAMES);
}

interface Frames {
  isSameCanvas: boolean;
  phases: string[];
  blanks: number;
  frames: number;
}

function framesOf(canvas: Locator): Promise<Frames> {
  return canvas.evaluate((_element, key) => {
    const seen = Reflect.get(globalThis, key) as Omit<Frames, 'phases'> & { phases: Set<string> };
    return { ...seen, phases: [...seen.phases] };
  }, FRAMES);
}
