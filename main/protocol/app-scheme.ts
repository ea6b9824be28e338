// The window's pages come from app://bundle/, a scheme of our own: a real origin with a content security policy, unlike
// file://, and no server. Registered before Electron is ready, served after.
import { protocol, type Session } from 'electron';
import { serveFile } from './serve-file.ts';

export const APP_SCHEME = 'app';
export const APP_ORIGIN = 'app://bundle';
export const START_PAGE = `${APP_ORIGIN}/index.html`;

export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Answers app://bundle/ from the folder of the built renderer. */
export function serveRenderer(session: Session, directory: string): void {
  session.protocol.handle(APP_SCHEME, (request) => serveFile(directory, request.url));
}

/** True for pages of ours. The URL class gives custom schemes the origin "null", so the parts are compared. */
export function isOurPage(url: string): boolean {
  const { protocol: scheme, host } = URL.parse(url) ?? {};
  return scheme === `${APP_SCHEME}:` && host === 'bundle';
}
