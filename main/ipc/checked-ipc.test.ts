// Who may talk to main: the top frame of our own page, with arguments of the right shape.
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

const handlers = new Map<string, (event: unknown, ...args: unknown[]) => Promise<unknown>>();
vi.mock('electron', () => ({
  ipcMain: { handle: (channel: string, handler: never) => handlers.set(channel, handler) },
  protocol: {},
}));

const { handleChecked } = await import('./checked-ipc.ts');

handleChecked('tt:test', z.tuple([z.string()]), async ([text]) => `got ${text}`);

const call = (senderFrame: unknown, ...args: unknown[]) => handlers.get('tt:test')?.({ senderFrame }, ...args);
const ours = { parent: null, url: 'app://bundle/index.html#/envs' };

describe('handleChecked', () => {
  it('passes a good call on', async () => {
    await expect(call(ours, 'x')).resolves.toBe('got x');
  });

  it.each([
    ['no frame', null],
    ['a frame inside the page', { ...ours, parent: ours }],
    ['another page', { parent: null, url: 'https://example.invalid/index.html' }],
    ['a page that only looks like ours', { parent: null, url: 'https://bundle/index.html' }],
    ['another host of the scheme', { parent: null, url: 'app://elsewhere/index.html' }],
    ['no page', { parent: null, url: '' }],
  ])('refuses %s', async (_what, frame) => {
    await expect(call(frame, 'x')).rejects.toThrow('refused');
  });

  it('refuses arguments of the wrong shape or number', async () => {
    await expect(call(ours, 1)).rejects.toThrow('tt:test');
    await expect(call(ours)).rejects.toThrow('tt:test');
    await expect(call(ours, 'x', 'y')).rejects.toThrow('tt:test');
  });
});
