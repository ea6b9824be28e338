// Puts the window into the page for a bridge: stores, language of react-aria, the root component. Used by app and dev.
import { observer } from 'mobx-react-lite';
import { I18nProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import type { Bridge } from './bridge.ts';
import type { ConnectionStore } from './connections/connection-store.ts';
import { ExplainContext } from './components/explain.ts';
import type { DesktopStore } from './settings/desktop-store.ts';
import { Window } from './shell/Window.tsx';
import { browserAddressBar } from './state/address-bar.ts';
import { browserFrames } from './components/frames.ts';
import { Stores } from './state/stores.ts';
import { StoresContext } from './state/stores-context.ts';
import './styles/index.css';

/** Draws the window; the answer takes it away again. `connections`, `desktop`: of the desktop; null in a browser. */
export function mountWindow(
  bridge: Bridge,
  element: Element,
  connections: ConnectionStore | null = null,
  desktop: DesktopStore | null = null,
): { stores: Stores; unmount: () => void } {
  const stores = new Stores(bridge, {
    address: browserAddressBar,
    settingsPlace: window.localStorage,
    languages: navigator.languages,
    tabPlace: window.sessionStorage,
    onLeaving: (listener) => {
      window.addEventListener('pagehide', listener);
      return () => window.removeEventListener('pagehide', listener);
    },
    isShown: () => document.visibilityState === 'visible',
    frames: browserFrames,
    connections,
    desktop,
  });
  const stop = stores.start();
  const explain = (text: string) => stores.toasts.explain(text);
  const root = createRoot(element);
  root.render(
    <StoresContext.Provider value={stores}>
      <ExplainContext.Provider value={explain}>
        <InLanguage stores={stores} />
      </ExplainContext.Provider>
    </StoresContext.Provider>,
  );
  const unmount = () => {
    root.unmount();
    stop();
  };
  return { stores, unmount };
}

/** react-aria's own words (dragging, dialogs) follow the language of the window. */
const InLanguage = observer(function InLanguage({ stores }: { stores: Stores }) {
  return (
    <I18nProvider locale={stores.settings.language}>
      <Window />
    </I18nProvider>
  );
});
