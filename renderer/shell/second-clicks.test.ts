// Which presses are dropped: the second of a double click whose first has opened another page, and nothing else.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { dropSecondClicks } from './second-clicks.ts';

let page: EventTarget;
let heard: string[];
let route: string;
let stop: () => void;

/** As much of it as is looked at: there are no pointers outside a browser. */
class PressEvent extends Event {
  readonly clientX: number = 0;
  readonly clientY: number = 0;
  constructor(type: string, facts: object) {
    super(type, { cancelable: true });
    for (const key of ['clientX', 'clientY', 'button', 'pointerType', 'detail', 'timeStamp']) {
      Object.defineProperty(this, key, { value: (facts as Record<string, unknown>)[key] });
    }
  }
}

beforeEach(() => {
  vi.stubGlobal('PointerEvent', PressEvent);
  page = new EventTarget();
  heard = [];
  route = 'envs';
  stop = dropSecondClicks(page, () => route);
  for (const kind of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'dblclick']) {
    page.addEventListener(kind, ({ type }) => heard.push(type));
  }
});
afterEach(() => vi.unstubAllGlobals());

interface Where {
  atMs: number;
  x?: number;
  button?: number;
  pointerType?: string;
  /** Which of several clicks the system takes it for. */
  detail?: number;
}

/** All events of one press; which of them the page heard. */
function press({ atMs, x = 100, button = 0, pointerType = 'mouse', detail = 1 }: Where): string[] {
  const before = heard.length;
  for (const kind of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
    const facts = { timeStamp: atMs, clientX: x, clientY: 50, button, pointerType, detail };
    page.dispatchEvent(new PressEvent(kind, facts));
  }
  return heard.slice(before);
}

const whole = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'];

it('drops the second press where the first has opened another page, and takes the third', () => {
  expect(press({ atMs: 0 })).toEqual(whole);
  route = 'envs/demo';
  expect(press({ atMs: 200, detail: 2 })).toEqual([]);
  expect(press({ atMs: 400, detail: 3 })).toEqual(whole);
});

it('takes both where the page has stayed, as of somebody who closes one thing after another', () => {
  expect([press({ atMs: 0 }), press({ atMs: 100, detail: 2 })]).toEqual([whole, whole]);
});

it.each([
  { what: 'that the system takes for another', next: { atMs: 200 } },
  { what: 'later', next: { atMs: 1200, detail: 2 } },
  { what: 'elsewhere', next: { atMs: 200, x: 103, detail: 2 } },
  { what: 'with another button', next: { atMs: 200, button: 2, detail: 2 } },
  { what: 'by touch', next: { atMs: 200, pointerType: 'touch', detail: 2 } },
])('takes a press $what', ({ next }) => {
  press({ atMs: 0 });
  route = 'envs/demo';
  expect(press(next)).toEqual(whole);
});

it('drops nothing after its end', () => {
  press({ atMs: 0 });
  route = 'envs/demo';
  stop();
  expect(press({ atMs: 200, detail: 2 })).toEqual(whole);
});
