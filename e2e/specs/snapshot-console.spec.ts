// A machine is snapshotted and reverted while its screen is open: by dragging, by keyboard and by a menu. The picture of the snapshot is
// shown, dimmed, until the new one is there, on the same connection, and the keyboard goes on to the guest. How long that takes is printed,
// and a row of `npm run bench -- window`.
import type { Locator } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { SerialShell } from '../fixtures/serial-shell.ts';
import { expect, type Tt, test } from '../fixtures/tt.ts';
import { centreOf } from '../pages/place.ts';
import { TtWindow } from '../pages/window.ts';

const FRAMES = 'framesOfTheConsole';
const TIMED = 'timedDropOnTheConsole';
/** Of this many pixels one. */
const SOME = 61;

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

/** A console with a picture, whose guest holds "clean"; then something is typed into it. */
async function brokenSinceClean(tt: Tt) {
  const window = new TtWindow(tt.page);
  const [vm] = await createEnv(tt.agent, 'demo', 2);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  const console = window.console('tiny-2-1');
  await console.connected();
  const canvas = console.screen.locator('canvas');
  await console.handle().dragTo(window.shelf.pane);
  await window.shelf.take('clean');
  const then = await wholePicture(canvas);
  const some = await pictureOf(canvas, SOME);
  await console.takeKeys();
  await tt.page.keyboard.type('broken');
  await expect.poll(() => pictureOf(canvas)).not.toBe(then);
  return { vm, window, console, canvas, before: then, some };
}

test('a snapshot is taken by dragging the machine to the shelf, and dropped on the screen, which shows how it was', async ({
  tt,
}, testInfo) => {
  const { window, console, canvas, before: then, some } = await brokenSinceClean(tt);
  const snapshot = await centreOf(window.shelf.snapshot('clean'));
  const screen = await centreOf(console.screen);
  await tt.page.mouse.move(snapshot.x, snapshot.y);
  await tt.page.mouse.down();
  await tt.page.mouse.move((snapshot.x + screen.x) / 2, screen.y, { steps: 4 });
  await tt.page.mouse.move(screen.x, screen.y, { steps: 4 });
  await expect(tt.page.locator('.drag-hint')).toHaveText(/^Revert tiny-2-1 to “clean”/);
  await expect(tt.page.locator('.console-ghost')).toBeVisible();
  const size = await console.screen.boundingBox();

  const measured = await timeNextDrop(canvas, some);
  await tt.page.mouse.up();
  await expect.poll(() => pictureOf(canvas)).toBe(then);
  const { pictureMs, clearMs } = await measured();
  const fact = `drop to next picture: ${Math.round(pictureMs)} ms; dimmed until ${Math.round(clearMs)} ms`;
  testInfo.annotations.push({ type: 'measured', description: fact });
  process.stdout.write(`      ${fact}\n`);
  await expect(window.message('tiny-2-1 reverted to “clean”')).toBeVisible();
  await expect(console.stage).not.toHaveAttribute('data-awaited', /.*/);
  await expect(tt.page.locator('.console-ghost')).toBeHidden();
  expect(await console.screen.boundingBox()).toEqual(size);

  // What is typed and not ended by Enter is not in the memory of a fake guest: its picture is the same before and after.
  await window.undo();
  await expect(window.message('Undone: demo is back to before “clean”')).toBeVisible();
  await expect(console.stage).not.toHaveAttribute('data-awaited', /.*/);
});

test('a snapshot is put onto the screen by keyboard, and a machine reverted by the menu of its console', async ({
  tt,
}) => {
  const { vm, window, console, canvas, before: then } = await brokenSinceClean(tt);
  // Its memory takes a second to be saved: until then the screen shows what will be there, and says so.
  await SerialShell.run(tt.agent, vm.id, 'echo 1 > /dev/shm/copy-s');
  await window.shelf.dragHandle('clean').focus();
  await tt.page.keyboard.press('Enter');
  // Tab goes from target to target; New ENV is another.
  const isThere = () => console.stage.evaluate((stage) => stage === document.activeElement);
  for (let presses = 0; presses < 6 && !(await isThere()); presses++) await tt.page.keyboard.press('Tab');
  await expect(console.stage).toBeFocused();
  await tt.page.keyboard.press('Enter');
  await expect(tt.page.locator('.console-stage[data-awaited] .console-ghost')).toBeVisible();
  await expect(console.stage.getByText('Reverting to “clean”…')).toBeVisible();
  await expect.poll(() => pictureOf(canvas)).toBe(then);
  await expect(tt.page.locator('.console-ghost')).toBeHidden();

  await console.takeKeys();
  await tt.page.keyboard.type('again');
  await expect.poll(() => pictureOf(canvas)).not.toBe(then);
  await console.tool('Snapshots').click();
  await tt.page.getByRole('menuitem', { name: /^Revert tiny-2-1 to “clean”/ }).click();
  await expect.poll(() => pictureOf(canvas)).toBe(then);

  await console.tool('Snapshots').click();
  await tt.page.getByRole('menuitem', { name: 'Snapshot tiny-2-1' }).click();
  await window.shelf.take('second');
});

/** The picture once it stays as it is: a new one comes in parts. */
async function wholePicture(canvas: Locator): Promise<number | null> {
  let before: number | null = null;
  const stays = async () => {
    const now = await pictureOf(canvas);
    const same = now !== null && now === before;
    before = now;
    return same;
  };
  await expect.poll(stays, { intervals: [500] }).toBe(true);
  return before;
}

/** From the next drop on: until the canvas shows `picture` again, and until it is dimmed no more, by the clock of the page. */
async function timeNextDrop(canvas: Locator, picture: number | null): Promise<() => Promise<Timed>> {
  await canvas.evaluate(
    (element: HTMLCanvasElement, [key, wanted, every]) => {
      const stage = element.closest('.console-stage');
      // Each frame is looked at: a part of the pixels tells enough, and costs the page little.
      const sumOf = () => {
        const data = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data;
        const pixels = new Uint32Array(data?.buffer ?? new ArrayBuffer(0));
        let sum = 0;
        for (let index = 0; index < pixels.length; index += every) {
          sum = (Math.imul(sum, 31) + (pixels[index] ?? 0) + index) | 0;
        }
        return sum;
      };
      const measured = new Promise<Timed>((resolve) => {
        const begin = () => {
          const from = performance.now();
          let pictureMs: number | null = null;
          const look = () => {
            const now = performance.now() - from;
            if (pictureMs === null && sumOf() === wanted) pictureMs = now;
            if (pictureMs !== null && !stage?.hasAttribute('data-awaited')) resolve({ pictureMs, clearMs: now });
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        };
        document.addEventListener('drop', begin, { capture: true, once: true });
      });
      Reflect.set(globalThis, key, measured);
    },
    [TIMED, picture, SOME] as const,
  );
  return () => canvas.evaluate((_element, key) => Reflect.get(globalThis, key) as Promise<Timed>, TIMED);
}

interface Timed {
  pictureMs: number;
  clearMs: number;
}

/** The pixels as one number, or every so manieth of them; null while all of those are black. */
function pictureOf(canvas: Locator, every = 1): Promise<number | null> {
  return canvas.evaluate((element: HTMLCanvasElement, step) => {
    const data = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data;
    const pixels = new Uint32Array(data?.buffer ?? new ArrayBuffer(0));
    let sum = 0;
    let isLit = false;
    for (let index = 0; index < pixels.length; index += step) {
      const value = pixels[index] ?? 0;
      sum = (Math.imul(sum, 31) + value + index) | 0;
      isLit ||= (value & 0xffffff) !== 0;
    }
    return isLit ? sum : null;
  }, every);
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
