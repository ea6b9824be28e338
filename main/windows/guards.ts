// Keeps every page in place: no navigation away from our own page, no second window, no webview. Web links open in
// the system's browser.
import type { App, WebContents } from 'electron';
import { isOurPage } from '../protocol/app-scheme.ts';
import { openOutside } from './open-outside.ts';

/** Guards all contents that are ever made, also those nobody meant to make. */
export function guardAllContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
}

function guardContents(contents: WebContents): void {
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => {
    if (isOurPage(event.url)) return;
    event.preventDefault();
    openOutside(event.url);
  });
  contents.on('will-redirect', (event) => {
    if (!isOurPage(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
