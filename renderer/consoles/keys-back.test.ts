// Whether the guest gets the keyboard back after its tools were used. Elements are replaced by what is asked of them here.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeysBack } from './keys-back.ts';

class FakeElement extends EventTarget {
  readonly kind: 'guest' | 'tool' | 'field' | 'menu' | 'other';
  readonly ownerDocument: FakePage;

  constructor(kind: FakeElement['kind'], page: FakePage) {
    super();
    this.kind = kind;
    this.ownerDocument = page;
  }

  matches(selector: string): boolean {
    if (selector.includes('canvas')) return this.kind === 'guest';
    return this.kind === 'field' && selector.includes('input');
  }

  closest(): object | null {
    return this.kind === 'menu' ? {} : null;
  }

  contains({ kind }: FakeElement): boolean {
    return kind === 'tool' || kind === 'field';
  }
}

class FakePage extends EventTarget {
  activeElement: FakeElement | null = null;
  readonly body = new FakeElement('other', this);

  /** What had the focus is no longer there. */
  lose(element: FakeElement): void {
    this.activeElement = this.body;
    const event = new Event('focusout');
    Object.defineProperties(event, { target: { value: element }, relatedTarget: { value: null } });
    this.dispatchEvent(event);
  }

  focus(element: FakeElement): void {
    this.activeElement = element;
    const event = new Event('focusin');
    Object.defineProperty(event, 'target', { value: element });
    this.dispatchEvent(event);
  }
}

let page: FakePage;
let tools: FakeElement;
let back: KeysBack;
const takeKeys = vi.fn();
const make = (kind: FakeElement['kind']) => new FakeElement(kind, page);

beforeEach(() => {
  vi.useFakeTimers();
  takeKeys.mockClear();
  page = new FakePage();
  tools = make('other');
  back = new KeysBack(tools as unknown as HTMLElement, () => ({ takeKeys }));
});

afterEach(() => void vi.useRealTimers());

const press = () => tools.dispatchEvent(new Event('pointerdown'));

describe('a tool that is pressed by pointer', () => {
  it('gives the focus back to the guest that had it', () => {
    page.focus(make('guest'));
    press();
    page.focus(make('tool'));
    vi.runAllTimers();
    expect(takeKeys).toHaveBeenCalledTimes(1);
  });

  it('gives it back after its menu too, however that was closed', () => {
    page.focus(make('guest'));
    press();
    page.focus(make('menu'));
    vi.runAllTimers();
    expect(takeKeys).not.toHaveBeenCalled();
    page.focus(make('tool'));
    vi.runAllTimers();
    expect(takeKeys).toHaveBeenCalledTimes(1);
  });

  it('gives it back once, however often the toolbar moves it on, and not from a menu that took it', () => {
    page.focus(make('guest'));
    press();
    for (let times = 0; times < 3; times++) page.focus(make('tool'));
    vi.runAllTimers();
    expect(takeKeys).toHaveBeenCalledTimes(1);
    press();
    page.focus(make('tool'));
    page.focus(make('menu'));
    vi.runAllTimers();
    expect(takeKeys).toHaveBeenCalledTimes(1);
  });

  it.each(['tool', 'menu'] as const)('gives it back where the %s is gone', (kind) => {
    page.focus(make('guest'));
    press();
    const gone = make(kind);
    page.focus(gone);
    page.lose(gone);
    vi.runAllTimers();
    expect(takeKeys).toHaveBeenCalledTimes(1);
  });

  it('lets go where the page is clicked beside everything', () => {
    const guest = make('guest');
    page.focus(guest);
    press();
    page.focus(make('tool'));
    vi.runAllTimers();
    takeKeys.mockClear();
    page.focus(guest);
    page.lose(guest);
    vi.runAllTimers();
    expect(takeKeys).not.toHaveBeenCalled();
  });

  it('keeps it where the guest did not have it', () => {
    page.focus(make('other'));
    press();
    page.focus(make('tool'));
    vi.runAllTimers();
    expect(takeKeys).not.toHaveBeenCalled();
  });

  it('keeps it for a field, which wants to be written in', () => {
    page.focus(make('guest'));
    press();
    page.focus(make('field'));
    page.focus(make('tool'));
    vi.runAllTimers();
    expect(takeKeys).not.toHaveBeenCalled();
  });
});

describe('who comes by the keyboard', () => {
  it('stays in the tools, also after they were used by pointer once', () => {
    page.focus(make('guest'));
    press();
    page.focus(make('tool'));
    vi.runAllTimers();
    // Ctrl-Alt: the frame around the screen has the focus; then Tab.
    page.focus(make('other'));
    page.focus(make('tool'));
    vi.runAllTimers();
    expect(takeKeys).toHaveBeenCalledTimes(1);
  });

  it('and who goes on by key in the tools', () => {
    page.focus(make('guest'));
    press();
    tools.dispatchEvent(new Event('keydown'));
    page.focus(make('tool'));
    vi.runAllTimers();
    expect(takeKeys).not.toHaveBeenCalled();
  });
});

it('listens no more when it is closed', () => {
  page.focus(make('guest'));
  press();
  back.close();
  page.focus(make('tool'));
  vi.runAllTimers();
  expect(takeKeys).not.toHaveBeenCalled();
});
