// What a page that was taken over may send to main, and what may be in an address: refused by shape, and no file outside the folder
// of the window is served.
// @module-tag deep
import path from 'node:path';
import type { ByteChannel } from '@tt/client';
import { STREAM_HIGH_WATER_BYTES, TtError } from '@tt/protocol';
import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { fuzz, fuzzing, mutatedJson } from '../agent/testing/fuzz.ts';
import { AcknowledgedPort } from './ipc/acknowledged-port.ts';
import { type ConnectionRequest, connectionRequestSchema } from './ipc/connection-requests.ts';
import { pipeConsole } from './ipc/console-pipe.ts';
import { placeOr } from './ipc/desktop-commands.ts';
import { desktopRequestSchema } from './ipc/desktop-requests.ts';
import { fileFor } from './protocol/serve-file.ts';
import { fakeVault } from './session/fake-vault.ts';
import { ConnectionMemory } from './session/saved-connections.ts';
import { serverAddress } from './session/server-address.ts';
import { configLines, fitsPatterns } from './ssh/config-lines.ts';
import { keysOf, keyType, knownLine, verdictOn } from './ssh/known-hosts.ts';
import { readOutsideLink } from './windows/outside-links.ts';
import { WindowMemory, zoomSteps } from './windows/window-memory.ts';
import { fitted } from './windows/window-place.ts';

const handlers = new Map<string, (event: unknown, ...args: unknown[]) => Promise<unknown>>();
vi.mock('electron', () => ({
  ipcMain: { handle: (channel: string, handler: never) => handlers.set(channel, handler) },
  protocol: {},
  MessageChannelMain: class {
    readonly port1 = { on: () => {}, start: () => {}, postMessage: () => {}, close: () => {} };
    readonly port2 = {};
  },
}));
const { serveDesktop } = await import('./ipc/serve-desktop.ts');
const { serveFiles } = await import('./ipc/serve-files.ts');
const { serveWindows } = await import('./ipc/serve-window.ts');
const { channels } = await import('./ipc/channels.ts');
const { isOurPage } = await import('./protocol/app-scheme.ts');

it('requests of a window', fuzzing, async () => {
  const taken: unknown[] = [];
  const note = (...args: unknown[]) => taken.push(args) as never;
  serveWindows({
    targets: (id) => {
      note(id);
      return { client: note, openFeed: note, doubt: note };
    },
    openConsole: note,
    link: note,
    popOut: async (page) => note(page),
    connections: async (request) => note(request),
  });
  serveDesktop({
    answer(request) {
      taken.push([request]);
      return { notifies: true, keepsRunning: false };
    },
    read: async (request) => note(request),
  });
  serveFiles({
    link: note,
    openChosen: async (file) => {
      taken.push([file]);
      return null;
    },
    openOpened: async (id) => {
      taken.push([id]);
      return null;
    },
  });
  const ticket = 'x'.repeat(43);
  const id = '5b2f4d8e-8f0d-4d5e-9a51-3f6a4c1f0a11';
  const ssh = {
    server: { user: 'kim', host: 'h', port: 22 },
    jump: null,
    login: { kind: 'key', file: '/id', passphrase: '' },
  };
  const server = {
    do: 'add',
    address: 'http://tt.example',
    token: 't',
    fingerprint: null,
    ssh,
    sshKeys: [],
    name: '',
    color: null,
  };
  const change = { do: 'change', id, name: 'lab', color: 'red' };
  const console = { kind: 'console', connection: id, ticket };
  const sending = { connection: id, transferId: id, ticket, offset: 0, openedId: null };
  const popOut = { connection: id, hash: '#/envs/demo/console/vm/screen/alone' };
  const sample = [channels.connections, id, popOut, console, server, change, 'http://tt.example', 'private'];
  const args = fc.oneof(
    fc.array(fc.oneof(fc.anything(), fc.constantFrom(...sample)), { maxLength: 4 }),
    mutatedJson([id, console]),
    mutatedJson([id, { kind: 'calls', connection: 'private' }]),
    mutatedJson([server]),
    mutatedJson([change]),
    mutatedJson([{ do: 'hello', language: 'en' }]),
    mutatedJson([{ do: 'keys', toGuest: true }]),
    mutatedJson([{ do: 'zoom', step: 'in' }]),
    mutatedJson([{ do: 'setDefault', id: null }]),
    mutatedJson([{ do: 'remove', id }]),
    mutatedJson([id, sending, { path: '/etc/hosts', sizeBytes: 1, changedAtMs: 1 }]),
    mutatedJson([{ do: 'openPort', id, vmId: 'vm-1', guestPort: 80 }]),
  );
  const frame = fc.oneof(
    fc.constant({ parent: null, url: 'app://bundle/index.html', postMessage: () => {} }),
    fc.record({ parent: fc.constantFrom(null, {}), url: fc.oneof(fc.webUrl(), fc.string()) }),
  );
  await fuzz(fc.tuple(fc.constantFrom(...handlers.keys()), frame, args), async ([channel, senderFrame, sent]) => {
    taken.length = 0;
    const given = Array.isArray(sent) ? (sent as unknown[]) : [sent];
    const isOurs = senderFrame.parent === null && /^app:\/\/bundle(\/|$)/i.test(senderFrame.url);
    await handlers
      .get(channel)?.({ senderFrame }, ...given)
      .catch((error: Error) => {
        expect(error.message).toMatch(isOurs ? new RegExp(`^(refused|${channel}: )`) : /^refused: /);
      });
    if (!isOurs) expect(taken).toEqual([]);
    if (channel === channels.desktop) {
      for (const [request] of taken as [unknown][]) expect(desktopRequestSchema.safeParse(request).success).toBe(true);
    }
    if (channel !== channels.connections) return;
    for (const call of taken) {
      const [request] = call as [ConnectionRequest];
      expect(connectionRequestSchema.safeParse(request).success).toBe(true);
      if (request.do === 'remove') expect(request.id).not.toBe('private');
    }
  });
});

it('the file of the desktop’s connections', fuzzing, async () => {
  const saved = {
    version: 2,
    servers: [
      {
        id: '5b2f4d8e-8f0d-4d5e-9a51-3f6a4c1f0a11',
        name: 'lab',
        color: 'red',
        url: 'https://x/',
        token: '',
        authority: null,
      },
    ],
    privateColor: 'teal',
    defaultId: null,
    shownId: 'private',
  };
  const old = { connection: 'server', serverUrl: 'https://x/', serverToken: '', serverAuthority: '' };
  await fuzz(fc.oneof(fc.anything(), mutatedJson(saved), mutatedJson(old)), (content) => {
    const memory = new ConnectionMemory({ read: () => content, write: () => {} }, fakeVault());
    const { servers, shownId, defaultId } = memory.load();
    for (const { url, token } of servers) {
      expect(['http:', 'https:']).toContain(new URL(url).protocol);
      expect(token === null || typeof token === 'string').toBe(true);
    }
    const ids = [null, 'private', ...servers.map(({ id }) => id)];
    expect([ids.includes(shownId), ids.includes(defaultId)]).toEqual([true, true]);
  });
});

it('messages of a console’s port', fuzzing, async () => {
  const bytes = fc.uint8Array({ maxLength: 20 });
  const message = fc.oneof(
    fc.anything(),
    fc.record(
      { type: fc.constantFrom('data', 'ack', 'close', 'open'), bytes: fc.oneof(bytes, fc.anything()) },
      { requiredKeys: ['type'] },
    ),
    fc.record({ type: fc.constant('ack'), byteCount: fc.oneof(fc.integer(), fc.double(), fc.maxSafeInteger()) }),
  );
  await fuzz(fc.array(message, { minLength: 1, maxLength: 6 }), (messages) => {
    let written = 0;
    let closed = 0;
    let heard: (event: { data: unknown }) => void = () => {};
    const stream = { readyState: 1, send: (sent: Uint8Array) => (written += sent.byteLength), close: () => {} };
    const port = {
      on: (event: string, listener: never) => {
        if (event === 'message') heard = listener;
      },
      start: () => {},
      postMessage: () => {},
      close: () => closed++,
    };
    pipeConsole(port, stream as unknown as ByteChannel, { pause: () => {}, resume: () => {}, bufferedAmount: 0 });
    for (const data of messages) heard({ data });
    expect(written).toBeLessThanOrEqual(messages.length * STREAM_HIGH_WATER_BYTES);
    expect(closed).toBeLessThanOrEqual(1);
  });
});

it('messages of a window’s calls: acknowledged, passed on as texts, or the end of its port', fuzzing, async () => {
  const message = fc.oneof(fc.string(), fc.uint8Array(), fc.constant({ type: 'ack' }), fc.anything());
  await fuzz(fc.array(message, { minLength: 1, maxLength: 6 }), (messages) => {
    let closed = 0;
    let heard: (event: { data: unknown }) => void = () => {};
    const port = new AcknowledgedPort({
      on: (event: string, listener: never) => {
        if (event === 'message') heard = listener;
      },
      start: () => {},
      postMessage: () => {},
      close: () => closed++,
    });
    const passed: unknown[] = [];
    port.on('message', ({ data }) => void passed.push(data));
    port.postMessage('one');
    for (const data of messages) heard({ data });
    expect(passed.every((data) => typeof data === 'string' || data instanceof Uint8Array)).toBe(true);
    expect(closed).toBeLessThanOrEqual(1);
  });
});

it('addresses of pages, files and servers', fuzzing, async () => {
  const piece = fc.oneof(
    fc.constantFrom('..', '%2e%2e', '%2f', '%5c', '\\', '%00', '//', '/', 'app:', 'bundle', '@', '#', '?', '%'),
    fc.string({ maxLength: 5 }),
  );
  const address = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
  const folder = path.resolve('/opt/tt/window');
  await fuzz(address, (tail) => {
    const file = fileFor(folder, `app://bundle/${tail}`);
    if (file !== null) expect(path.relative(folder, file)).not.toMatch(/^(\.\.)?(\/|$)/);
    if (isOurPage(tail)) expect(URL.parse(tail)?.host).toBe('bundle');
    try {
      const url = new URL(serverAddress(tail).url);
      expect([url.username, url.password, url.hash, url.search]).toEqual(['', '', '', '']);
      expect(url.protocol).toMatch(/^https?:$/);
    } catch (error) {
      expect(error).toBeInstanceOf(TtError);
    }
  });
});

it('links from outside, and files of known hosts', fuzzing, async () => {
  const piece = fc.oneof(
    fc.constantFrom('tt:', '//', 'join', '/', '#join=', '&ca=', '@', ':', '?', '[', ']', '%23', 'TT://join/h#join=c'),
    fc.string({ maxLength: 5 }),
  );
  const link = fc.array(piece, { maxLength: 10 }).map((parts) => parts.join(''));
  await fuzz(link, (text) => {
    const link = readOutsideLink(text);
    if (!('address' in link)) return;
    const { address } = link;
    // What the window is offered is what it would take if it were pasted, and has a code.
    const { url, code } = serverAddress(address);
    expect([address.startsWith(url), code === null]).toEqual([true, false]);
  });
  const words = fc.constantFrom(
    'h',
    '*',
    '!h',
    '|1|',
    'AAAA',
    '@revoked',
    '@cert-authority',
    ' ',
    ',',
    '\n',
    '[h]:2',
    '\\',
    '(',
  );
  const file = fc.array(fc.oneof(words, fc.string({ maxLength: 4 })), { maxLength: 30 }).map((parts) => parts.join(''));
  await fuzz(fc.tuple(file, fc.uint8Array({ maxLength: 40 })), ([text, bytes]) => {
    const key = Buffer.from(bytes);
    const known = keysOf([text], { host: 'h', port: 22 });
    expect(['known', 'unknown', 'changed', 'revoked']).toContain(verdictOn(known, key));
    // A line of ours is read back, whatever else is in the file.
    if (key.length > 0 && keyType(key) !== '') {
      expect(
        keysOf([text, knownLine({ host: 'h', port: 22 }, key)], { host: 'h', port: 22 }).keys.length,
      ).toBeGreaterThan(0);
    }
  });
});

it('lines of ~/.ssh/config', fuzzing, async () => {
  const words = fc.constantFrom(
    'Host ',
    'Match host ',
    '=',
    '"',
    "'",
    '\\',
    '#',
    '!',
    '*',
    '?',
    '%h',
    '\n',
    '\r\n',
    '\t',
    'a,b',
    '\0',
  );
  const file = fc.array(fc.oneof(words, fc.string({ maxLength: 4 })), { maxLength: 60 }).map((parts) => parts.join(''));
  await fuzz(file, (text) => {
    for (const { keyword, words: found, line } of configLines(text)) {
      expect(keyword).toMatch(/^[^\s=#"]+$/);
      expect(line).toBeLessThanOrEqual(text.split('\n').length);
      // Ends soon, whatever the pattern; a name without wildcards fits itself.
      for (const word of found) expect(fitsPatterns([word], word)).toBe(!word.startsWith('!') || word === '');
    }
  });
});

it('the file of the desktop’s windows', fuzzing, async () => {
  const window = { x: 1, y: 2, width: 1280, height: 820, isMaximized: true, isFullScreen: false, place: '#/envs/demo' };
  const file = { version: 1, windows: [window, window], zoom: 1.25, notifies: false, keepsRunning: true };
  await fuzz(fc.oneof(mutatedJson(file), fc.anything()), (content) => {
    const { kept } = new WindowMemory({ read: () => content, write: () => {} });
    expect(kept.windows.length).toBeLessThanOrEqual(8);
    expect(zoomSteps).toContain(kept.zoom);
    for (const state of kept.windows) {
      expect(placeOr(state.place)).toBe(state.place);
      expect(fitted(state, [{ x: 0, y: 0, width: 1920, height: 1080 }]).width).toBeLessThanOrEqual(1920);
    }
  });
});
