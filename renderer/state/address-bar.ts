// The browser's address bar for view-store.ts.
import type { AddressBar } from './view-store.ts';

export const browserAddressBar: AddressBar = {
  read: () => window.location.hash,
  write: (hash) => {
    if (window.location.hash !== hash) window.location.hash = hash;
  },
  onChange: (listener) => {
    window.addEventListener('hashchange', listener);
    return () => window.removeEventListener('hashchange', listener);
  },
};
