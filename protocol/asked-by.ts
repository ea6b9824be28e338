// How a proxy tells a server for whom it makes a call: a header with this, signed (server/asked-by.ts).
import { z } from 'zod';

export const ASKED_BY_HEADER = 'x-tt-asked-by';

export const askedBySchema = z.strictObject({
  /** Who that is at the proxy; null: nobody who is known there, such as a terminal. */
  userName: z.string().min(1).max(63).nullable(),
  sessionId: z.string().max(64).nullable(),
  address: z.string().max(64).nullable(),
  userAgent: z.string().max(200),
});
export type AskedBy = z.infer<typeof askedBySchema>;
