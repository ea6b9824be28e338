// The bridge of a window that an agent (or proxy) has served: WebSockets to where the page came from, with its session
// cookie. choose-bridge.ts takes it when there is no Electron around the page.
import { clientOver, openSocketLink, openStreamOverWebSocket, toTtError } from '@tt/client';
import { API_PREFIX, RPC_PATH, STREAM_PATH, type TtClient, TtError } from '@tt/protocol';
import type { Bridge, BrowserLogin } from './bridge.ts';

type AnyCall = (input: unknown, options: { signal?: AbortSignal }) => Promise<unknown>;

export function createBrowserBridge(): Bridge {
  const { origin } = window.location;
  const link = openSocketLink({ url: origin, open: () => new WebSocket(socketAddress(RPC_PATH)) });
  return {
    kind: 'browser',
    client: withRefusals(link.client, origin),
    openStream: (ticket) => openStreamOverWebSocket(new WebSocket(socketAddress(STREAM_PATH)), ticket),
    login: createLogin(),
    connection: null,
  };
}

export function socketAddress(path: string): string {
  const url = new URL(path, window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/**
 * A browser does not tell why a WebSocket was refused, so a link that does not open is asked about over plain HTTP: no
 * session (UNAUTHORIZED, the window asks for a code) is not the same as no agent.
 */
function withRefusals(client: TtClient, origin: string): TtClient {
  return clientOver({
    async call(path, input, options) {
      try {
        return await callAt(client, path)(input, options.signal ? { signal: options.signal } : {});
      } catch (error) {
        if (error instanceof TtError && error.code === 'AGENT_UNREACHABLE') await throwIfRefused(origin);
        throw error;
      }
    },
  });
}

async function throwIfRefused(origin: string): Promise<void> {
  const answer = await fetch(`${API_PREFIX}/ping`, { cache: 'no-store' }).catch(() => null);
  if (answer && !answer.ok) throw await refusalOf(answer, origin);
}

function callAt(client: TtClient, path: readonly string[]): AnyCall {
  let found: unknown = client;
  for (const name of path) found = (found as Record<string, unknown>)[name];
  return found as AnyCall;
}

/** A failed HTTP answer as the TtError it carries. */
async function refusalOf(answer: Response, origin: string): Promise<TtError> {
  const body: unknown = await answer.json().catch(() => null);
  return toTtError(body, () =>
    answer.status === 401 ? new TtError('UNAUTHORIZED', {}) : new TtError('AGENT_UNREACHABLE', { url: origin }),
  );
}

const JOIN_FRAGMENT = '#join=';

/** One call by plain HTTP, to where the page came from. Rejects with TtError. */
export async function postJson(path: string, body: object): Promise<unknown> {
  const { origin } = window.location;
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch((cause: unknown) => {
    throw new TtError('AGENT_UNREACHABLE', { url: origin }, { cause });
  });
  if (!answer.ok) throw await refusalOf(answer, origin);
  return answer.json();
}

function createLogin(): BrowserLogin {
  return {
    join: async (code) => void (await postJson(`${API_PREFIX}/session/join`, { code })),
    takeCode() {
      const { hash, pathname, search } = window.location;
      if (!hash.startsWith(JOIN_FRAGMENT)) return null;
      window.history.replaceState(null, '', pathname + search);
      return decodeURIComponent(hash.slice(JOIN_FRAGMENT.length));
    },
  };
}
