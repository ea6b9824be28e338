// What a window may tell the desktop around it: that it is there and in which language, who has the keyboard, and the size of its
// text. renderer/bridge.ts has the same type.
import { z } from 'zod';
import { desktopLanguages } from '../words/index.ts';

export const desktopRequestSchema = z.discriminatedUnion('do', [
  /** It can be told things from now on; again whenever its language changes. */
  z.strictObject({ do: z.literal('hello'), language: z.enum(desktopLanguages) }),
  /** A console has the keyboard, so no key belongs to a menu. */
  z.strictObject({ do: z.literal('keys'), toGuest: z.boolean() }),
  z.strictObject({ do: z.literal('zoom'), step: z.enum(['in', 'out', 'reset']) }),
  z.strictObject({ do: z.literal('newWindow') }),
  z.strictObject({ do: z.literal('state') }),
  z.strictObject({ do: z.literal('notify'), on: z.boolean() }),
  z.strictObject({ do: z.literal('keepRunning'), on: z.boolean() }),
]);
export type DesktopRequest = z.infer<typeof desktopRequestSchema>;

/** The answer to each of them. */
export interface DesktopState {
  /** Tells of what happens while no window has the focus. */
  notifies: boolean;
  /** Goes on in the tray when the last window is closed. */
  keepsRunning: boolean;
}
