// Puts the page of a terminal into the document: no stores, no feed, no session; only its own console.
import { I18nProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import { setLanguage } from '../i18n/index.ts';
import { chooseLanguage } from '../i18n/language.ts';
import { TerminalPage } from './TerminalPage.tsx';
import { browserTerminalLink } from './terminal-link.ts';
import { TerminalSession } from './terminal-session.ts';
import '../styles/index.css';

export function mountTerminal(element: Element, terminal: { labName?: string; terminalName?: string }): void {
  const language = chooseLanguage(navigator.languages);
  setLanguage(language);
  const session = new TerminalSession({
    link: browserTerminalLink,
    ...terminal,
    secretPlace: window.localStorage,
  });
  createRoot(element).render(
    <I18nProvider locale={language}>
      <TerminalPage session={session} />
    </I18nProvider>,
  );
  // Another address is another terminal, or the window itself.
  window.addEventListener('hashchange', () => window.location.reload());
}
