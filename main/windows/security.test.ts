// The secure defaults of every window, asserted: preferences, permissions, navigation, what may be opened outside.
import { describe, expect, it, vi } from 'vitest';

vi.mock('electron', () => ({ protocol: {}, shell: { openExternal: vi.fn(async () => {}) } }));

const { shell } = await import('electron');
const { contentSecurityPolicy } = await import('@tt/protocol');
const { guardAllContents } = await import('./guards.ts');
const { mayOpenOutside } = await import('./open-outside.ts');
const { mayUse } = await import('./permissions.ts');
const { webPreferences } = await import('./web-preferences.ts');

const ours = 'app://bundle/index.html';

it('isolates and sandboxes every window', () => {
  const { preload, ...rest } = webPreferences;
  expect(preload).toMatch(/preload\.cjs$/);
  expect(rest).toEqual({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  });
});

it('lets pages run only their own scripts and reach nothing else', () => {
  const policy = contentSecurityPolicy.split('; ');
  expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'"]));
  expect(contentSecurityPolicy).not.toMatch(/unsafe-eval|https?:|ws:|\*/);
});

describe('permissions', () => {
  it('are denied but for two harmless ones of our own page', () => {
    expect(mayUse('fullscreen', ours)).toBe(true);
    expect(mayUse('clipboard-sanitized-write', ours)).toBe(true);
    expect(mayUse('fullscreen', 'https://example.invalid/')).toBe(false);
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'hid',
      'usb',
      'openExternal',
    ]) {
      expect(mayUse(permission, ours)).toBe(false);
    }
  });
});

describe('guards', () => {
  type Handler = (argument: unknown) => unknown;
  function guarded() {
    const handlers: Record<string, Handler> = {};
    const contents = {
      setWindowOpenHandler: (handler: Handler) => void Object.assign(handlers, { open: handler }),
      on: (event: string, handler: Handler) => void Object.assign(handlers, { [event]: handler }),
    };
    guardAllContents({
      on: (_event: string, made: (event: unknown, contents: unknown) => void) => made({}, contents),
    } as never);
    return handlers;
  }
  const navigation = (url: string) => ({ url, preventDefault: vi.fn() });

  it('opens no second window and gives web links to the system', () => {
    const handlers = guarded();
    expect(handlers['open']?.({ url: 'https://example.invalid/' })).toEqual({ action: 'deny' });
    expect(shell.openExternal).toHaveBeenLastCalledWith('https://example.invalid/');
    vi.mocked(shell.openExternal).mockClear();
    expect(handlers['open']?.({ url: 'file:///etc/passwd' })).toEqual({ action: 'deny' });
    expect(shell.openExternal).not.toHaveBeenCalled();
  });

  it('stays on our page', () => {
    const handlers = guarded();
    const away = navigation('https://example.invalid/');
    handlers['will-navigate']?.(away);
    expect(away.preventDefault).toHaveBeenCalled();
    const home = navigation(ours);
    handlers['will-navigate']?.(home);
    expect(home.preventDefault).not.toHaveBeenCalled();
    const webview = navigation(ours);
    handlers['will-attach-webview']?.(webview);
    expect(webview.preventDefault).toHaveBeenCalled();
  });

  it('gives only plain web addresses to the system', () => {
    expect(['https://a.example/x', 'http://10.0.0.5:40080/'].map(mayOpenOutside)).toEqual([true, true]);
    const refused = ['file:///etc/passwd', 'javascript:alert(1)', 'ssh://x', 'https://u:p@x/', 'smb://x', 'nonsense'];
    expect(refused.map(mayOpenOutside)).toEqual(refused.map(() => false));
  });
});
