// The test host itself must be strict: apps that real Electron would run insecurely, or that use what is not modelled, do
// not get a window. Each app here is a few lines written for the test.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { TestOptions } from '../fixtures/tt.ts';
import { TestHost } from '../host/test-host.ts';

const only = test.extend<object, TestOptions>({ launcher: ['desktop-host', { option: true, scope: 'worker' }] });
only.skip(({ launcher }) => launcher !== 'desktop-host', 'about the test host only');

const PAGE = `<!doctype html><title>page</title><script type="module" src="/page.js"></script>`;

interface App {
  /** Options of its window besides the title. */
  webPreferences?: string;
  /** Lines before the window is made. */
  before?: string;
  preload?: string;
  /** Script of its page. */
  page?: string;
  withoutPermissionHandlers?: boolean;
}

const secure = 'contextIsolation: true, sandbox: true, nodeIntegration: false';

async function run(app: App, folder: string, browser: import('@playwright/test').Browser): Promise<TestHost> {
  const preload = path.join(folder, 'preload.cjs');
  const main = path.join(folder, 'main.mjs');
  await mkdir(folder, { recursive: true });
  await writeFile(preload, app.preload ?? '');
  await writeFile(
    main,
    `import electron, { app, BrowserWindow, MessageChannelMain, ipcMain, protocol, session } from 'electron';
     protocol.registerSchemesAsPrivileged([
       { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
     ]);
     await app.whenReady();
     session.defaultSession.protocol.handle('app', ({ url }) => url.endsWith('/page.js')
       ? new Response(${JSON.stringify(app.page ?? '')}, { headers: { 'content-type': 'text/javascript' } })
       : new Response(${JSON.stringify(PAGE)}, { headers: { 'content-type': 'text/html' } }));
     ${
       app.withoutPermissionHandlers
         ? ''
         : `session.defaultSession.setPermissionRequestHandler((_c, _p, answer) => answer(false));
     session.defaultSession.setPermissionCheckHandler(() => false);`
     }
     ${app.before ?? ''}
     const window = new BrowserWindow({ webPreferences: {
       preload: ${JSON.stringify(preload)}, ${app.webPreferences ?? secure} } });
     await window.loadURL('app://bundle/index.html');`,
  );
  return new TestHost({ browser, main, userData: folder, env: {}, contextOptions: {} });
}

const refused: Record<string, App & { because: RegExp }> = {
  'node in the page': {
    webPreferences: secure.replace('nodeIntegration: false', 'nodeIntegration: true'),
    because: /nodeIntegration must be false/,
  },
  'no context isolation': {
    webPreferences: secure.replace('contextIsolation: true', 'contextIsolation: false'),
    because: /contextIsolation must be true/,
  },
  'no sandbox': { webPreferences: secure.replace('sandbox: true, ', ''), because: /sandbox must be true/ },
  'no permission handlers': { withoutPermissionHandlers: true, because: /without permission handlers/ },
  'an API that is not modelled': {
    before: 'electron.powerMonitor.getSystemIdleTime();',
    because: /electron \.powerMonitor is not modelled/,
  },
  'a method that is not modelled': { before: 'app.setBadgeCount(1);', because: /app\.setBadgeCount is not modelled/ },
  'an event that is never emitted': {
    before: `app.on('gpu-info-update', () => {});`,
    because: /gpu-info-update.* not modelled/,
  },
  'a menu that would look otherwise': {
    before: `electron.Menu.buildFromTemplate([{ label: 'x', icon: 'x.png' }]);`,
    because: /MenuItem\(\{ icon \}\) is not modelled/,
  },
  'a sign in the tray that is no picture': {
    before: `new electron.Tray(electron.nativeImage.createFromBuffer(Buffer.from('x')));`,
    because: /something that is no PNG/,
  },
  'a value that can not be cloned': {
    before: `new MessageChannelMain().port1.postMessage(() => {});`,
    because: /could not be cloned/,
  },
};

for (const [what, { because, ...app }] of Object.entries(refused)) {
  only(`gives no window to an app with ${what}`, async ({ browser }, info) => {
    const host = await run(app, info.outputDir, browser);
    await expect(host.firstWindow()).rejects.toThrow(because);
    await host.close();
  });
}

only('runs the preload in a world of its own, and passes only clones', async ({ browser }, info) => {
  const host = await run(
    {
      before: `ipcMain.handle('echo', (_event, value) => value);`,
      preload: `
        const { contextBridge, ipcRenderer } = require('electron');
        globalThis.leak = 'preload';
        document.leak = 'preload';
        contextBridge.exposeInMainWorld('api', {
          echo: (value) => ipcRenderer.invoke('echo', value),
          twice: (run) => [run(1), run(2)],
          forbidden: () => require('node:fs'),
          unknown: () => ipcRenderer.sendSync('x'),
        });`,
      page: `document.title = typeof window.api.echo;`,
    },
    info.outputDir,
    browser,
  );
  const page = await host.firstWindow();
  // The page's own first script found the api already there.
  await expect(page).toHaveTitle('function');
  const seen = await page.evaluate(async () => {
    const api = Reflect.get(window, 'api') as Record<string, (value?: unknown) => unknown>;
    const message = async (run: () => unknown) => {
      try {
        await run();
        return 'no error';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const sent = { when: new Date(0), bytes: new Uint8Array([1, 2]), map: new Map([['a', 1n]]) };
    const back = (await api['echo']?.(sent)) as typeof sent;
    return {
      leaks: [Reflect.get(window, 'leak'), Reflect.get(document, 'leak')].map(String),
      same: back === sent,
      back: [back.when instanceof Date, back.bytes instanceof Uint8Array, back.map.get('a') === 1n],
      twice: api['twice']?.((value: unknown) => Number(value) * 10),
      forbidden: await message(() => api['forbidden']?.()),
      unknown: await message(() => api['unknown']?.()),
      notCloned: await message(() => api['echo']?.(document.body)),
    };
  });
  expect(seen).toEqual({
    leaks: ['undefined', 'undefined'],
    same: false,
    back: [true, true, true],
    twice: [10, 20],
    forbidden: 'module not found: node:fs (a sandboxed preload has only electron)',
    unknown: 'electron ipcRenderer.sendSync is not modelled by the test host (e2e/host)',
    notCloned: expect.stringContaining('clone'),
  });
  expect(host.faults).toEqual([]);
  await host.close();
});
