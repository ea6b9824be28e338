// Browser: logging in by the OpenID provider of the server. The browser leaves for the provider and comes back with a one-time code in
// the fragment, which is good only with the verifier that this tab has kept meanwhile.
import { API_PREFIX, TtError } from '@tt/protocol';
import { askJson } from './ask-json.ts';
import type { LoginProvider, ProviderLogin } from './bridge.ts';
import type { BrowserSession } from './browser-session.ts';

const FRAGMENT = '#login=';
/** Of one tab: other tabs may log in too, and it is worth nothing without the code. */
const KEY = 'tt.login-verifier';

/** `entered` is called when this browser has a session. */
export function createProviderLogin(session: Pick<BrowserSession, 'keep'>, entered: () => void): ProviderLogin {
  return {
    async provider() {
      const { oidc } = (await askJson(`${API_PREFIX}/session/ways`)) as {
        oidc: { name: string; serverUrl: string } | null;
      };
      if (oidc === null) return null;
      const elsewhere = oidc.serverUrl === window.location.origin ? null : oidc.serverUrl;
      return { name: oidc.name, elsewhere } satisfies LoginProvider;
    },
    async begin({ elsewhere }) {
      if (elsewhere !== null) return window.location.assign(elsewhere);
      const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
      const challenge = base64url(await sha256(verifier));
      const { url } = (await askJson(`${API_PREFIX}/session/oidc`, { challenge })) as { url: string };
      // Where a page could run as this one, nothing leads.
      if (!/^https?:\/\//.test(url)) throw new TtError('AGENT_UNREACHABLE', { url });
      window.sessionStorage.setItem(KEY, verifier);
      window.location.assign(url);
    },
    takeCode() {
      const { hash, pathname, search } = window.location;
      if (!hash.startsWith(FRAGMENT)) return null;
      window.history.replaceState(null, '', pathname + search);
      return hash.slice(FRAGMENT.length);
    },
    async finish(code) {
      const verifier = window.sessionStorage.getItem(KEY);
      window.sessionStorage.removeItem(KEY);
      // A link that somebody else has sent, or another browser began.
      if (verifier === null) throw new TtError('LOGIN_EXPIRED', {});
      const joined = (await askJson(`${API_PREFIX}/session/join`, { code, verifier })) as { secret: string };
      session.keep(joined.secret);
      entered();
    },
  };
}

/** Browsers give SubtleCrypto to pages over TLS and of this computer, which are all there are. */
async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
