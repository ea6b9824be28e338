// A window with one console of one connection and nothing else. Which page it may have is checked here: a console of a machine, by its
// address, never another page and never one from outside. app-windows.ts opens it, as every window.
import { z } from 'zod';
import { connectionIdSchema } from '../session/connection-id.ts';
import { NEW_WINDOW, type WindowState } from './window-place.ts';

/** Each has an encoder on a host and a decoder here. */
export const MOST_POP_OUTS = 24;
/** In px: a console says what it shows in much less than a whole window. */
export const LEAST_POP_OUT = { width: 400, height: 300 };
/** As renderer/state/route.ts writes it. */
const CONSOLE_ALONE = /^#\/envs\/[\w.~%-]{1,200}\/console\/[\w.~%-]{1,200}\/(?:screen|serial|shell)\/alone$/;

export const popOutSchema = z.strictObject({ connection: connectionIdSchema, hash: z.string().regex(CONSOLE_ALONE) });
export type PopOut = z.infer<typeof popOutSchema>;

/** It shows its connection as long as it is open, whatever the others show, and is not opened again at the next start. */
export function popOutState({ connection, hash }: PopOut): WindowState {
  return { ...NEW_WINDOW, width: 1040, height: 720, place: hash, connection };
}
