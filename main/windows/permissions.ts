// What pages may ask the browser for: full screen and writing the clipboard (for "Copy"), from our own page only. Everything
// else is denied, whether requested or checked, and no device is ever granted.
import type { Session } from 'electron';
import { isOurPage } from '../protocol/app-scheme.ts';

const allowed: ReadonlySet<string> = new Set(['fullscreen', 'clipboard-sanitized-write']);

export function mayUse(permission: string, url: string): boolean {
  return allowed.has(permission) && isOurPage(url);
}

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
    callback(mayUse(permission, details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin, details) =>
    mayUse(permission, details.requestingUrl ?? origin),
  );
  session.setDevicePermissionHandler(() => false);
}
