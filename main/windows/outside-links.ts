// Links that open the desktop from outside: `tt://join/HOST:PORT#join=CODE&ca=FINGERPRINT`, which a browser or a mail hands over by the
// command line or by an event. They are only read here; the user is asked before anything is done.
import type { App } from 'electron';
import { serverAddress } from '../session/server-address.ts';

export const LINK_SCHEME = 'tt';
const MAX_LENGTH = 2048;

/** The address of the server with its code, as somebody would paste it; null for what is no such link. */
export function readOutsideLink(text: string): string | null {
  const url = text.length <= MAX_LENGTH ? URL.parse(text) : null;
  if (
    url?.protocol !== `${LINK_SCHEME}:` ||
    url.host.toLowerCase() !== 'join' ||
    url.username !== '' ||
    url.search !== ''
  )
    return null;
  const place = /^\/(?<place>[\w.-]+(?::\d{1,5})?|\[[\da-f:.]+\](?::\d{1,5})?)\/?$/i.exec(url.pathname)?.groups?.[
    'place'
  ];
  if (place === undefined) return null;
  try {
    const { url: base, code, fingerprint } = serverAddress(`${place}/${url.hash}`);
    if (code === null) return null;
    return `${base}#join=${code}${fingerprint === null ? '' : `&ca=${fingerprint}`}`;
  } catch {
    return null;
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
