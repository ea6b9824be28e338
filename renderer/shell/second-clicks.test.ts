// Which presses are dropped: the second of a double click whose first has opened another page, and nothing else.
import { beforeEach, expect, it } from 'vitest';
import { dropSecondClicks } from './second-clicks.ts';

let page: EventTarget;
let heard: string[];
let route: string;
let stop: () => void;

beforeEach(() => {
  page = new EventTarget();
  heard = [];
  route = 'envs';
  stop = dropSecondClicks(page, () => route);
  for (const kind of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'dblclick']) {
    page.addEventListener(kind, ({ type }) => heard.push(type));
  }
});

interface Where {
  atMs: number;
  x?: number;
  button?: number;
  pointerType?: string;
}

/** All events of one press; how many of them the page heard. */
function press({ atMs, x = 100, button = 0, pointerType = 'mouse' }: Where): number {
  const before = heard.length;
  for (const kind of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
    const event = new Event(kind, { cancelable: true });
    const facts = { timeStamp: atMs, clientX: x, clientY: 50, button, pointerType };
    for (const [name, value] of Object.entries(facts)) Object.defineProperty(event, name, { value });
    page.dispatchEvent(event);
  }
  return heard.length - before;
}

it('drops the second press where the first has opened another page, and takes the third', () => {
  expect(press({ atMs: 0 })).toBe(5);
  route = 'envs/demo';
  expect(press({ atMs: 200 })).toBe(0);
  expect(press({ atMs: 400 })).toBe(5);
});

it('takes both where the page has stayed, as of somebody who closes one thing after another', () => {
  expect([press({ atMs: 0 }), press({ atMs: 100 }), press({ atMs: 200 })]).toEqual([5, 5, 5]);
});

it.each([
  { what: 'later', next: { atMs: 600 } },
  { what: 'elsewhere', next: { atMs: 200, x: 130 } },
  { what: 'with another button', next: { atMs: 200, button: 2 } },
  { what: 'by touch', next: { atMs: 200, pointerType: 'touch' } },
])('takes a press $what', ({ next }) => {
  press({ atMs: 0 });
  route = 'envs/demo';
  expect(press(next)).toBe(5);
});

it('drops nothing after its end', () => {
  press({ atMs: 0 });
  route = 'envs/demo';
  stop();
  expect(press({ atMs: 200 })).toBe(5);
});
