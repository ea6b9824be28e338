// The window opens, safely: what the desktop's shell guarantees, and that a page gets nothing of Node or Electron.
import { expect, test } from '../fixtures/tt.ts';

test('opens with the board of ENVs', async ({ tt }) => {
  await expect(tt.page).toHaveTitle(/TT/);
  await expect(tt.page.getByRole('navigation')).toBeVisible();
  await expect(tt.page.getByRole('button', { name: /New ENV/ }).first()).toBeEnabled();
});

test.describe('the desktop', () => {
  test.skip(({ launcher }) => launcher === 'browser', 'a browser window has no Electron around it');

  test('opens every window with secure preferences', async ({ tt }) => {
    test.skip(
      tt.kind === 'desktop-host',
      'the test host refuses any other before a window opens (host/window-rules.ts)',
    );
    const preferences = await tt.app?.evaluate(
      ({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((window) => {
          // Not in the types; the only way to see what a window really has.
          const contents = window.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
          const { contextIsolation, sandbox, nodeIntegration, webSecurity } = contents.getLastWebPreferences();
          return { contextIsolation, sandbox, nodeIntegration, webSecurity };
        }),
      null,
    );
    expect(preferences).toEqual([{ contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true }]);
  });

  test('gives the page exactly this, and it can not be changed', async ({ tt }) => {
    const surface = await tt.page.evaluate(() => {
      const desktop = Reflect.get(window, 'desktop') as unknown as Record<string, unknown>;
      const before = desktop['connections'];
      Reflect.set(desktop, 'connections', () => 'mine');
      Reflect.set(window, 'desktop', { connections: () => 'mine' });
      const after = (Reflect.get(window, 'desktop') as unknown as Record<string, unknown>)['connections'];
      return {
        members: Object.entries(desktop).map(([name, value]) => `${name}: ${typeof value}`),
        unchanged: before === after,
      };
    });
    expect(surface).toEqual({
      members: [
        'requestPort: function',
        'connections: function',
        'openWindow: function',
        'onConnections: function',
        'tell: function',
        'readOpened: function',
        'sendFile: function',
        'onCommand: function',
      ],
      unchanged: true,
    });
  });

  test('gives the page nothing of Node, Electron or the test host', async ({ tt }) => {
    const found = await tt.page.evaluate(() =>
      [
        'require',
        'process',
        'module',
        'Buffer',
        'global',
        'ipcRenderer',
        'electron',
        'ttHostSend',
        'ttHostDeliver',
      ].filter((name) => name in globalThis),
    );
    expect(found).toEqual([]);
  });

  test('lets the page run and reach only its own', async ({ tt }) => {
    tt.expectMessage(/Content Security Policy/);
    const blocked = await tt.page.evaluate(async () => {
      const directives = new Set<string>();
      const all = new Promise<void>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => {
          directives.add(event.effectiveDirective);
          if (directives.size === 3) resolve();
        });
      });
      const fetched = await fetch('http://127.0.0.1:9/').catch(() => null);
      if (fetched) throw new Error('the page reached another address');
      const script = document.createElement('script');
      script.textContent = 'window.injected = true;';
      document.head.append(script);
      // A text as a timer's handler is evaluated by the page itself (this very function runs outside the policy).
      // oxlint-disable-next-line typescript/no-implied-eval -- that this is refused is what is tested
      setTimeout('window.evaluated = true');
      await all;
      return { directives: [...directives].map(String), ran: ['injected' in window, 'evaluated' in window] };
    });
    expect(blocked.ran).toEqual([false, false]);
    expect(new Set(blocked.directives)).toEqual(new Set(['connect-src', 'script-src', 'script-src-elem']));
  });

  test('stays on its page, opens no second window, and sends web links outside', async ({ tt }) => {
    const { page, app } = tt;
    // The address says whose window it is, once the window knows it.
    await expect(page).toHaveURL(/\?c=private/);
    const before = page.url();
    await page.evaluate(() => {
      window.open('https://example.invalid/second');
      window.location.href = 'https://example.invalid/away';
    });
    await expect(page.getByRole('button', { name: /New ENV/ }).first()).toBeEnabled();
    expect(page.url()).toBe(before);
    expect(await app?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length, null)).toBe(1);
    if (app && 'openedOutside' in app) {
      await expect
        .poll(() => app.openedOutside)
        .toEqual(expect.arrayContaining(['https://example.invalid/second', 'https://example.invalid/away']));
    }
  });

  test('denies what pages may ask a browser for', async ({ tt }) => {
    const states = await tt.page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read'] as const;
      const query = async (name: string) => (await navigator.permissions.query({ name: name as PermissionName })).state;
      return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await query(name)] as const)));
    });
    expect(states).toEqual({
      geolocation: 'denied',
      notifications: 'denied',
      camera: 'denied',
      microphone: 'denied',
      midi: 'denied',
      'clipboard-read': 'denied',
    });
  });

  test('refuses a port for anything but calls and consoles', async ({ tt }) => {
    const answers = await tt.page.evaluate(async () => {
      const desktop = Reflect.get(window, 'desktop') as { requestPort(id: unknown, want: unknown): Promise<void> };
      const ask = (id: unknown, want: unknown) =>
        desktop.requestPort(id, want).then(
          () => 'given',
          (error: Error) => (error.message.includes('tt:request-port') ? 'refused' : error.message),
        );
      return [
        await ask(crypto.randomUUID(), { kind: 'calls', connection: 'private' }),
        await ask('not-a-uuid', { kind: 'calls', connection: 'private' }),
        await ask(crypto.randomUUID(), { kind: 'calls' }),
        await ask(crypto.randomUUID(), { kind: 'files', connection: 'private' }),
        await ask(crypto.randomUUID(), { kind: 'console', connection: 'private', ticket: 'short' }),
        await ask(crypto.randomUUID(), { kind: 'calls', connection: 'private', also: 'this' }),
      ];
    });
    expect(answers).toEqual(['given', 'refused', 'refused', 'refused', 'refused', 'refused']);
  });

  test('opens no channel without a check', async ({ tt }) => {
    const channels = await tt.app?.evaluate(({ ipcMain }) => ipcMain.eventNames().map(String), null);
    expect(channels).toEqual([]);
  });
});
