// Windows with one console of one connection and nothing else. Which page one shows is checked here: a console of a machine, by its
// address, never another page and never one from outside. AppWindows opens them.
import { z } from 'zod';
import { connectionIdSchema } from '../session/connection-id.ts';
import { NEW_WINDOW, type WindowState } from './window-place.ts';

/** Each has an encoder on a host and a decoder here. */
export const MOST_POP_OUTS = 24;
/** They hold no more than a screen and its tools. */
export const MIN_POP_OUT = { width: 400, height: 300 } as const;
/** As renderer/state/route.ts writes it. */
const CONSOLE_ALONE = /^#\/envs\/[\w.~%-]{1,200}\/console\/[\w.~%-]{1,200}\/(?:screen|serial|shell)\/alone$/;

export const popOutSchema = z.strictObject({ connection: connectionIdSchema, hash: z.string().regex(CONSOLE_ALONE) });
export type PopOut = z.infer<typeof popOutSchema>;

/** The connection stands in its address: the window shows it as long as it is open, whatever the others show. */
export function popOutState({ connection, hash }: PopOut): WindowState {
  return { ...NEW_WINDOW, width: 1040, height: 720, place: hash, connection };
}
