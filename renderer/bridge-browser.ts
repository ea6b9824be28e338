// The bridge of a window that an agent (or proxy) has served: WebSockets to where the page came from, which say by their first
// frame whose session it is. choose-bridge.ts takes it when there is no Electron around the page.
import { clientOver, openPacedStreamOverWebSocket, openSocketLink, openStreamOverWebSocket } from '@tt/client';
import { API_PREFIX, RPC_PATH, type SessionView, STREAM_PATH, type TtClient, TtError } from '@tt/protocol';
import { askJson, refusalOf } from './ask-json.ts';
import type { Bridge, BrowserLogin } from './bridge.ts';
import { callAt } from './call-at.ts';
import { type BrowserSession, createBrowserSession } from './browser-session.ts';
import { createProviderLogin } from './provider-login.ts';
import { putFile } from './put-file.ts';
import { isJoinFragment } from './state/address-bar.ts';

export function createBrowserBridge(): Bridge {
  const { origin } = window.location;
  const session = createBrowserSession();
  const needSecret = () => {
    const secret = session.secret();
    if (secret === null) throw new TtError('UNAUTHORIZED', {});
    return secret;
  };
  const link = openSocketLink({
    url: origin,
    open: () => {
      needSecret();
      return new WebSocket(socketAddress(RPC_PATH));
    },
    hello: () => ({ session: session.secret() ?? '' }),
  });
  // Another tab got out, or in as somebody else: this one says anew who it is.
  session.onChange(() => link.close());
  return {
    kind: 'browser',
    client: withRefusals(link.client, origin, session),
    openStream: (ticket) =>
      openStreamOverWebSocket(new WebSocket(socketAddress(STREAM_PATH)), ticket, session.secret() ?? undefined),
    putRest: (rest) => putFile(rest, session.secret()),
    openPacedStream: (ticket) =>
      openPacedStreamOverWebSocket(new WebSocket(socketAddress(STREAM_PATH)), ticket, session.secret() ?? undefined),
    openWindow: async (hash) => openBrowserWindow(hash),
    login: createLogin(session, link),
  };
}

/** One window for each console: opening it again brings the one that is there to the front. */
function openBrowserWindow(hash: string): boolean {
  const opened = window.open(hash, `tt ${hash}`, 'popup,width=1040,height=720');
  if (opened) opened.opener = null;
  return opened !== null;
}

export function socketAddress(path: string): string {
  const url = new URL(path, window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/**
 * A browser does not tell why a WebSocket was refused, so a link that does not open is asked about over plain HTTP: refused (no
 * session, another origin) is not the same as no agent.
 */
function withRefusals(client: TtClient, origin: string, session: BrowserSession): TtClient {
  return clientOver({
    async call(path, input, options) {
      try {
        return await callAt(client, path)(input, options.signal ? { signal: options.signal } : {});
      } catch (error) {
        if (error instanceof TtError && error.code === 'AGENT_UNREACHABLE')
          await throwIfRefused(origin, session.secret());
        throw error;
      }
    },
  });
}

async function throwIfRefused(origin: string, secret: string | null): Promise<void> {
  const headers: HeadersInit = secret === null ? {} : { authorization: `Bearer ${secret}` };
  const answer = await fetch(`${API_PREFIX}/ping`, { cache: 'no-store', credentials: 'omit', headers }).catch(
    () => null,
  );
  if (answer && !answer.ok) throw await refusalOf(answer, origin);
}

function createLogin(session: BrowserSession, link: { client: TtClient; close(): void }): BrowserLogin {
  return {
    async join(code) {
      const joined = (await askJson(`${API_PREFIX}/session/join`, { code })) as {
        secret: string;
        session: SessionView;
      };
      session.keep(joined.secret);
      link.close();
    },
    async login(userName, password) {
      const begun = (await askJson(`${API_PREFIX}/session/login`, { userName, password })) as {
        secret: string;
        wrongBefore: number;
      };
      session.keep(begun.secret);
      link.close();
      return begun.wrongBefore;
    },
    byProvider: createProviderLogin(session, () => link.close()),
    async leave() {
      try {
        await link.client.session.end({ which: 'this' });
      } catch (error) {
        // The answer may not get through: ending a session cuts its own socket.
        if (!(error instanceof TtError && ['AGENT_GONE', 'UNAUTHORIZED'].includes(error.code))) throw error;
      }
      session.forget();
      link.close();
    },
    takeCode: () => takeJoinCode(''),
    onCode(listener) {
      const look = (event: HashChangeEvent) => {
        // Whoever pastes a link into an open tab stays on the page that was there.
        const code = takeJoinCode(URL.parse(event.oldURL)?.hash ?? '');
        if (code !== null) listener(code);
      };
      window.addEventListener('hashchange', look);
      return () => window.removeEventListener('hashchange', look);
    },
  };
}

/** The code in the fragment of the address, which becomes `before`; null when there is none. */
function takeJoinCode(before: string): string | null {
  const { hash, pathname, search } = window.location;
  if (!isJoinFragment(hash)) return null;
  window.history.replaceState(null, '', pathname + search + (isJoinFragment(before) ? '' : before));
  // Behind the code there may be the fingerprint for programs.
  return new URLSearchParams(hash.slice(1)).get('join');
}
