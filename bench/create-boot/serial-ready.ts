// Until a guest's userspace is there: the login prompt on its serial port.
import type { ByteLink } from '../console/byte-link.ts';
import { withLimit } from '../with-limit.ts';

/** Many at once under emulation take minutes. */
const LIMIT_MS = 400_000;
const PROMPT = 'login: ';

/** So often one that may have asked before is made to ask again. */
const NUDGE_MS = 1_000;

/**
 * Resolves when the guest asks for a login; the link is closed then, or on failure. `mayHaveAsked`: it has run for a while, and says
 * nothing more until a key is pressed.
 */
export async function waitForLogin(link: ByteLink, { mayHaveAsked = false } = {}): Promise<void> {
  const ready = Promise.withResolvers<void>();
  const nudge = mayHaveAsked ? setInterval(() => link.send(Buffer.from('\r')), NUDGE_MS) : undefined;
  let tail = '';
  link.listen((bytes) => {
    tail = (tail + bytes.toString('latin1')).slice(-1000);
    if (tail.includes(PROMPT)) ready.resolve();
  }, ready.reject);
  try {
    await withLimit('the login prompt', LIMIT_MS, ready.promise);
  } finally {
    clearInterval(nudge);
    link.close();
  }
}
