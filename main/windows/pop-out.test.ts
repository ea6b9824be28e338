// Which windows of their own may be opened: consoles, of a known kind of connection, and only so many.
import { beforeEach, expect, it, vi } from 'vitest';

type Listener = () => void;
const sent: unknown[][] = [];
const made: { id: number; url: string; closed: Listener }[] = [];

class FakeWindow {
  static readonly all: FakeWindow[] = [];
  readonly id = FakeWindow.all.push(this);
  readonly #listeners: Record<string, Listener> = {};

  readonly webContents = { send: (...told: unknown[]) => void sent.push(told) };

  once(event: string, listener: Listener): void {
    this.#listeners[event] = listener;
  }

  show(): void {}

  async loadURL(url: string): Promise<void> {
    made.push({ id: this.id, url, closed: () => this.#listeners['closed']?.() });
    this.#listeners['ready-to-show']?.();
  }
}

vi.mock('electron', () => ({ BrowserWindow: FakeWindow, protocol: {} }));
const { MOST_POP_OUTS, openPopOut, popOutSchema, sendToPopOuts } = await import('./pop-out.ts');

const hash = '#/envs/demo/console/0c5d7e9a/screen/alone';

beforeEach(() => {
  for (const { closed } of made.splice(0)) closed();
  FakeWindow.all.length = 0;
  sent.length = 0;
});

it('opens a console of a connection, which hears of the connections', async () => {
  expect(await openPopOut({ connection: 'private', hash })).toBe(true);
  expect(made.map(({ url }) => url)).toEqual([`app://bundle/index.html?c=private${hash}`]);
  sendToPopOuts('tt:connections-changed', 'view');
  expect(sent).toEqual([['tt:connections-changed', 'view']]);
});

it('opens only so many, and again when one was closed', async () => {
  for (let index = 0; index < MOST_POP_OUTS; index++) await openPopOut({ connection: 'private', hash });
  expect(await openPopOut({ connection: 'private', hash })).toBe(false);
  made[0]?.closed();
  expect(await openPopOut({ connection: 'private', hash })).toBe(true);
});

it.each([
  '#/envs/demo',
  '#/envs/demo/console/vm/screen',
  '#/envs/demo/console/vm/elsewhere/alone',
  '#/envs/demo/console/../vm/screen/alone',
  '#/envs/a b/console/vm/screen/alone',
  'https://example.invalid/#/envs/demo/console/vm/screen/alone',
  `#/envs/${'x'.repeat(300)}/console/vm/screen/alone`,
])('%s is refused', (page) => {
  expect(popOutSchema.safeParse({ connection: 'private', hash: page }).success).toBe(false);
});

it('takes an ENV by any name an address can have, and no other connection', () => {
  expect(popOutSchema.safeParse({ connection: 'private', hash: hash.replace('demo', '%E7%8E%AF') }).success).toBe(true);
  expect(popOutSchema.safeParse({ connection: '../x', hash }).success).toBe(false);
});
