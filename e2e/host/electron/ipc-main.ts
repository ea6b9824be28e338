// ipcMain: calls and messages of pages, with the sender they really came from.
import type { IpcMain } from 'electron';
import { strict } from '../not-modelled.ts';
import { crossing } from './link.ts';
import type { ModelledContents } from './web-contents.ts';

type Handler = (event: unknown, ...args: unknown[]) => unknown;

const handlers = new Map<string, Handler>();
const listeners = new Map<string, Handler[]>();

const model = {
  handle(channel: string, handler: Handler): void {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, handler);
  },
  on(channel: string, listener: Handler): void {
    listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
  },
  removeAllListeners(channel: string): void {
    listeners.delete(channel);
  },
  eventNames(): string[] {
    return [...listeners.keys()];
  },
};
model satisfies { [Name in keyof typeof model]: IpcMain[Name] extends (...args: never) => unknown ? unknown : never };

export const ipcMain = strict('ipcMain', model);

function eventFrom(contents: ModelledContents) {
  return { sender: contents, senderFrame: contents.mainFrame, processId: 1, frameId: 1, type: 'frame' };
}

/** For the test host: a page calls. */
export async function invoked(contents: ModelledContents, channel: string, args: unknown[]): Promise<unknown> {
  const handler = handlers.get(channel);
  if (!handler) throw new Error(`No handler registered for '${channel}'`);
  return crossing(await handler(eventFrom(contents), ...args));
}

/** For the test host: a page sends. */
export function sent(contents: ModelledContents, channel: string, args: unknown[]): void {
  for (const listener of listeners.get(channel) ?? []) listener(eventFrom(contents), ...args);
}
