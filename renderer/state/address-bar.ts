// The browser's address bar for view-store.ts.
import type { AddressBar } from './view-store.ts';

/** True for what is no view but a code to join with (`bridge-browser.ts` takes it). */
export function isJoinFragment(hash: string): boolean {
  return hash.startsWith('#join=');
}

export const browserAddressBar: AddressBar = {
  read: () => window.location.hash,
  write: (hash) => {
    if (window.location.hash !== hash) window.location.hash = hash;
  },
  onChange: (listener) => {
    const look = () => {
      if (!isJoinFragment(window.location.hash)) listener();
    };
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  },
};
