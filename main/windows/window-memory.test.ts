// Windows come back where they were, or where they can be reached; a broken file costs at most what is broken.
import { expect, test } from 'vitest';
import { nextZoom, WindowMemory } from './window-memory.ts';
import { beside, fitted, NEW_WINDOW, type WindowState } from './window-place.ts';

const state: WindowState = { ...NEW_WINDOW, x: 100, y: 50, place: '#/envs/demo', connection: 'private' };
const screen = { x: 0, y: 0, width: 1920, height: 1080 };

function file(content: unknown = null) {
  let kept = content;
  return {
    read: () => kept,
    write: (next: unknown) => {
      kept = JSON.parse(JSON.stringify(next));
    },
  };
}

test('what was kept is there at the next start', () => {
  const place = file();
  const memory = new WindowMemory(place);
  expect(memory.kept).toEqual({ windows: [], zoom: 1, notifies: true, keepsRunning: false });
  memory.keep({ windows: [state, { ...state, isMaximized: true }], zoom: 1.25, keepsRunning: true });
  expect(new WindowMemory(place).kept).toEqual({
    windows: [state, { ...state, isMaximized: true }],
    zoom: 1.25,
    notifies: true,
    keepsRunning: true,
  });
});

test('what can not be read counts as not there, one window at a time', () => {
  const windows = [
    { ...state, width: 'wide' },
    { ...state, x: 1e9, place: 'javascript:alert(1)', connection: 'x' },
    null,
    state,
  ];
  const { kept } = new WindowMemory(file({ version: 1, windows, zoom: Number.NaN, notifies: 'yes' }));
  expect(kept).toEqual({
    windows: [{ ...state, x: null, place: '#/envs', connection: null }, state],
    zoom: 1,
    notifies: true,
    keepsRunning: false,
  });
  for (const broken of [null, 'x', [], { version: 2 }]) expect(new WindowMemory(file(broken)).kept.windows).toEqual([]);
  const many = Array.from({ length: 20 }, () => state);
  expect(new WindowMemory(file({ version: 1, windows: many })).kept.windows).toHaveLength(8);
});

test('a window stays where it can be reached, and goes where the system wants it otherwise', () => {
  expect(fitted(state, [screen])).toEqual(state);
  const second = { x: 1920, y: 0, width: 1280, height: 1024 };
  expect(fitted({ ...state, x: 2000 }, [screen, second]).x).toBe(2000);
  // As large as on the screen it is on, however small the first one is.
  const large = { x: 1920, y: 0, width: 3840, height: 2160 };
  expect(fitted({ ...state, x: 2000, width: 3000 }, [screen, large]).width).toBe(3000);
  // That screen is gone.
  expect(fitted({ ...state, x: 2000 }, [screen])).toMatchObject({ x: null, y: null, width: 1280 });
  // Above the screen its title bar could not be reached.
  expect(fitted({ ...state, y: -200 }, [screen])).toMatchObject({ x: null, y: null });
  expect(fitted({ ...state, width: 4000, height: 3000 }, [screen])).toMatchObject({ width: 1920, height: 1080 });
  expect(fitted(state, [{ x: 0, y: 0, width: 640, height: 480 }])).toMatchObject({ width: 760, height: 520 });
});

test('another window stands beside the one before, on the same view', () => {
  expect(beside({ ...state, isMaximized: true })).toEqual({ ...state, x: 132, y: 82, isMaximized: false });
  expect(beside(null)).toEqual(NEW_WINDOW);
});

test('zoom goes by steps and has two ends', () => {
  expect([
    nextZoom(1, 'in'),
    nextZoom(1, 'out'),
    nextZoom(1.03, 'in'),
    nextZoom(3, 'in'),
    nextZoom(0.5, 'out'),
  ]).toEqual([1.1, 0.9, 1.1, 3, 0.5]);
  expect(nextZoom(2.5, 'reset')).toBe(1);
});
