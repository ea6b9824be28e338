// Links that open the desktop from outside: `tt://join/HOST:PORT#join=CODE&ca=FINGERPRINT`, which a browser or a mail hands over by the
// command line or by an event. They are only read here; the user is asked before anything is done.
import { type Reason, reason } from '@tt/protocol';
import type { App } from 'electron';
import { serverAddress } from '../session/server-address.ts';

export const LINK_SCHEME = 'tt';
const MAX_LENGTH = 2048;
const PLACE = /^\/(?<place>[\w.-]+(?::\d{1,5})?|\[[\da-f:.]+\](?::\d{1,5})?)\/?$/i;

/** `address`: of the server with its code, as somebody would paste it; `problem`: why the link is none. */
export type OutsideLink = { address: string } | { problem: Reason };

/** What is wrong is told by a code: nothing of the link itself, which may hold a code that still works, gets into an error. */
export function readOutsideLink(text: string): OutsideLink {
  if (text.length > MAX_LENGTH) return { problem: reason('link.tooLong', { max: MAX_LENGTH }) };
  const url = URL.parse(text);
  if (url?.protocol !== `${LINK_SCHEME}:` || url.host.toLowerCase() !== 'join') {
    return { problem: reason('link.otherForm') };
  }
  const place = PLACE.exec(url.pathname)?.groups?.['place'];
  if (place === undefined || url.username !== '' || url.search !== '') return { problem: reason('link.noServer') };
  try {
    const { url: base, code, fingerprint } = serverAddress(`${place}/${url.hash}`);
    if (code === null) return { problem: reason('link.noCode') };
    return { address: `${base}#join=${code}${fingerprint === null ? '' : `&ca=${fingerprint}`}` };
  } catch {
    return { problem: reason(URL.canParse(`https://${place}/`) ? 'link.otherParts' : 'link.noServer') };
  }
}

/** What an argument list has of links; the program itself and its flags are none. */
function linksIn(argv: readonly string[]): string[] {
  return argv.filter((word) => word.toLowerCase().startsWith(`${LINK_SCHEME}:`));
}

/** Collects links from the first moment on: macOS tells of them before the app is ready. */
export class OutsideLinks {
  readonly #early: string[];
  #tell: ((link: string) => void) | null = null;

  /** `argv`: of this process. */
  constructor(app: Pick<App, 'on'>, argv: readonly string[]) {
    this.#early = linksIn(argv);
    app.on('second-instance', (_event, theirs) => {
      for (const link of linksIn(theirs)) this.#take(link);
    });
    app.on('open-url', (event, link) => {
      event.preventDefault();
      this.#take(link);
    });
  }

  /** Told of each link as it came, not yet read; of those that came before first. */
  follow(tell: (link: string) => void): void {
    this.#tell = tell;
    for (const link of this.#early.splice(0)) tell(link);
  }

  #take(link: string): void {
    if (this.#tell) this.#tell(link);
    else this.#early.push(link);
  }
}
