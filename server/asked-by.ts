// For whom a proxy asks. It has a token of its own, so it says with each call who asked it; that is believed of the server's own
// token only, which could do everything anyhow, and decides nothing: it is for the audit trail.
import { ASKED_BY_HEADER, type AskedBy, askedBySchema } from '@tt/protocol';
import { type Asker, localAdmin } from './identities.ts';

/** Bytes; a user agent has at most 200. */
const MOST_HEADER = 2048;

/** null: the caller itself asks, or says nothing that can be read. */
export function askedByIn(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  caller: Asker,
): AskedBy | null {
  const given = headers[ASKED_BY_HEADER];
  if (typeof given !== 'string' || given.length > MOST_HEADER || caller.name !== localAdmin.name) return null;
  try {
    return askedBySchema.safeParse(JSON.parse(decodeURIComponent(given))).data ?? null;
  } catch {
    return null;
  }
}
