// The secret of this browser's session, in the storage of the page's origin (port included): no other page can read it, and the
// browser never sends it automatically. Tabs of one origin share it, and it outlives a reload.
const KEY = 'tt.session';

export interface BrowserSession {
  /** null when this browser is not let in. */
  secret(): string | null;
  keep(secret: string): void;
  forget(): void;
  /** Calls `listener` when another tab has got in or out. */
  onChange(listener: () => void): void;
}

export function createBrowserSession(): BrowserSession {
  // Where the browser keeps nothing, the session is this page's alone.
  let ownOnly: string | null = null;
  return {
    secret: () => (ownOnly === null ? stored() : ownOnly),
    keep(secret) {
      ownOnly = null;
      try {
        window.localStorage.setItem(KEY, secret);
      } catch {
        ownOnly = secret;
      }
    },
    forget() {
      ownOnly = null;
      try {
        window.localStorage.removeItem(KEY);
      } catch {
        // Nothing was kept there.
      }
    },
    onChange(listener) {
      window.addEventListener('storage', ({ key }) => {
        if (key === KEY || key === null) listener();
      });
    },
  };
}

function stored(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
