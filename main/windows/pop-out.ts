// Windows with one console of one connection and nothing else. Which page is opened is checked here: a console of a machine, by its
// address, never another page and never one from outside.
import { BrowserWindow } from 'electron';
import { z } from 'zod';
import { connectionIdSchema } from '../session/connection-id.ts';
import { START_PAGE } from '../protocol/app-scheme.ts';
import { webPreferences } from './web-preferences.ts';

/** Each has an encoder on a host and a decoder here. */
export const MOST_POP_OUTS = 24;
/** As renderer/state/route.ts writes it. */
const CONSOLE_ALONE = /^#\/envs\/[\w.~%-]{1,200}\/console\/[\w.~%-]{1,200}\/(?:screen|serial|shell)\/alone$/;

export const popOutSchema = z.strictObject({ connection: connectionIdSchema, hash: z.string().regex(CONSOLE_ALONE) });
export type PopOut = z.infer<typeof popOutSchema>;

const popOuts = new Set<BrowserWindow>();

/** To all of them. */
export function sendToPopOuts(channel: string, content: unknown): void {
  for (const { webContents } of popOuts) webContents.send(channel, content);
}

/** False: there are too many. */
export async function openPopOut({ connection, hash }: PopOut): Promise<boolean> {
  if (popOuts.size >= MOST_POP_OUTS) return false;
  const window = new BrowserWindow({
    title: 'TT',
    width: 1040,
    height: 720,
    minWidth: 400,
    minHeight: 300,
    show: false,
    backgroundColor: '#101418',
    autoHideMenuBar: true,
    webPreferences,
  });
  popOuts.add(window);
  window.once('closed', () => popOuts.delete(window));
  window.once('ready-to-show', () => window.show());
  await window.loadURL(popOutAddress({ connection, hash }));
  return true;
}

/** The connection stands before the fragment: a window shows it as long as it is open, whatever the others show. */
export function popOutAddress({ connection, hash }: PopOut): string {
  return `${START_PAGE}?c=${encodeURIComponent(connection)}${hash}`;
}
