// Black screens, screens that do not change, and screens that differ from the one they are compared with.
import { expect, test } from 'vitest';
import { differenceOf, isBlack, SAMPLE_HEIGHT, SAMPLE_WIDTH, type Sample } from './screen-pixels.ts';
import { UNCHANGED_AFTER_MS, WallScreens } from './wall-screens.ts';

/** Grey up to `share` of the picture, black below. */
function sample(share: number, grey = 200): Sample {
  const pixels = new Uint8ClampedArray(SAMPLE_WIDTH * SAMPLE_HEIGHT * 4);
  pixels.fill(grey, 0, Math.round(SAMPLE_WIDTH * SAMPLE_HEIGHT * share) * 4);
  return pixels;
}

/** The address of a picture is the share of it that is lit. */
const screens = () => new WallScreens(async (url) => sample(Number(url)));

test('a screen is black until a few of its pixels are lit', () => {
  expect(isBlack(sample(0))).toBe(true);
  expect(isBlack(sample(0.001))).toBe(false);
  expect(isBlack(sample(1, 5))).toBe(true);
});

test('a difference is told by its share and where it is', () => {
  const { share, mask } = differenceOf(sample(0.25), sample(0.5));
  expect(share).toBeCloseTo(0.25);
  expect(mask[0]).toBe(0);
  expect(mask[Math.round(mask.length * 0.4)]).toBe(1);
  expect(differenceOf(sample(0.5), sample(0.5, 210)).share).toBe(0);
});

test('black is told at once, no change after a minute, and another picture begins anew', async () => {
  const wall = screens();
  await wall.look('v1', '0', 1000);
  expect(wall.troubleOf('v1', 1000)).toEqual({ kind: 'black' });
  await wall.look('v1', '0.5', 2000);
  expect(wall.troubleOf('v1', 2000 + UNCHANGED_AFTER_MS - 1)).toBeNull();
  await wall.look('v1', '0.5', 50_000);
  expect(wall.troubleOf('v1', 2000 + UNCHANGED_AFTER_MS)).toEqual({ kind: 'unchanged', since: 2000 });
  await wall.look('v1', '0.6', 70_000);
  expect(wall.troubleOf('v1', 70_000)).toBeNull();
});

test('what differs most comes first, after what it is compared with', async () => {
  const wall = screens();
  const all = ['v1', 'v2', 'v3', 'v4'];
  await Promise.all(['0.2', '0.2', '0.9', '0.5'].map((url, index) => wall.look(`v${index + 1}`, url, 0)));
  expect(wall.sorted(all)).toEqual(all);
  wall.compareWith('v2');
  expect(wall.sorted(all)).toEqual(['v2', 'v3', 'v4', 'v1']);
  expect(wall.differenceOf('v1')?.share).toBe(0);
  expect(wall.differenceOf('v2')).toBeNull();
  wall.forget('v2');
  expect(wall.reference).toBeNull();
  expect(wall.sorted(all)).toEqual(all);
});

test('an older picture that takes longer to decode does not replace a newer one, and what is no picture leaves what is known', async () => {
  const late = Promise.withResolvers<Sample>();
  const wall = new WallScreens((url) => {
    if (url === 'late') return late.promise;
    return url === 'broken' ? Promise.reject(new Error('no picture')) : Promise.resolve(sample(0.5));
  });
  const first = wall.look('v1', 'late', 1);
  await wall.look('v1', 'fine', 2);
  late.resolve(sample(0));
  await first;
  expect(wall.troubleOf('v1', 2)).toBeNull();
  await wall.look('v1', 'broken', 3);
  expect(wall.troubleOf('v1', 2 + UNCHANGED_AFTER_MS)).toEqual({ kind: 'unchanged', since: 2 });
});
