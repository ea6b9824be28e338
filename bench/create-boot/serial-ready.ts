// Until a guest's userspace is there: the login prompt on its serial port.
import type { ByteLink } from '../console/byte-link.ts';
import { withLimit } from '../with-limit.ts';

/** Many at once under emulation take minutes. */
const LIMIT_MS = 400_000;
const PROMPT = 'login: ';

/** Resolves when the guest asks for a login; the link is closed then, or on failure. */
export async function waitForLogin(link: ByteLink): Promise<void> {
  const ready = Promise.withResolvers<void>();
  let tail = '';
  link.listen((bytes) => {
    tail = (tail + bytes.toString('latin1')).slice(-1000);
    if (tail.includes(PROMPT)) ready.resolve();
  }, ready.reject);
  try {
    await withLimit('the login prompt', LIMIT_MS, ready.promise);
  } finally {
    link.close();
  }
}
