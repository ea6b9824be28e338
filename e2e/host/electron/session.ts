// session.defaultSession: the protocol handler that serves the pages, and the permission handlers. A window is opened only
// when both permission handlers are set: without them Electron grants everything.
import type { Privileges, Protocol, Session } from 'electron';
import { strict } from '../not-modelled.ts';
import type { ServedResponse } from '../wire.ts';
import { app } from './app.ts';
import { fault } from './link.ts';

const schemes = new Map<string, Privileges>();
const handlers = new Map<string, (request: Request) => Response | Promise<Response>>();

/** What a page at http://*.localhost has, which the test host serves in place of a scheme of the app's own. */
const standInPrivileges: Privileges = { standard: true, secure: true, supportFetchAPI: true };

const protocolModel = {
  registerSchemesAsPrivileged(customSchemes) {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme, privileges = {} } of customSchemes) {
      for (const [name, value] of Object.entries(privileges)) {
        if (standInPrivileges[name as keyof Privileges] !== value)
          throw fault(`scheme privilege ${name} is not modelled`);
      }
      for (const name of Object.keys(standInPrivileges)) {
        if (privileges[name as keyof Privileges] !== true) throw fault(`a scheme without ${name} is not modelled`);
      }
      schemes.set(scheme, privileges);
    }
  },
  handle(scheme, handler) {
    if (!app.isReady()) throw new Error('protocol.handle should be called after app is ready');
    if (!schemes.has(scheme)) throw fault(`protocol.handle('${scheme}') for a scheme that was not registered`);
    if (handlers.has(scheme)) throw new Error(`the scheme ${scheme} is already handled`);
    handlers.set(scheme, handler);
  },
} satisfies Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'>;

export const protocol = strict('protocol', protocolModel);

class ModelledSession {
  readonly protocol = protocol;
  #request: Parameters<Session['setPermissionRequestHandler']>[0] = null;
  #check: Parameters<Session['setPermissionCheckHandler']>[0] = null;

  setPermissionRequestHandler(handler: Parameters<Session['setPermissionRequestHandler']>[0]): void {
    this.#request = handler;
  }

  setPermissionCheckHandler(handler: Parameters<Session['setPermissionCheckHandler']>[0]): void {
    this.#check = handler;
  }

  /** Kept only so that the app may set it: no page of the tests has a device to ask for. */
  setDevicePermissionHandler(_handler: Parameters<Session['setDevicePermissionHandler']>[0]): void {}

  /** For the test host: those of `permissions` that both handlers grant to a page. */
  granted(contents: unknown, url: string, permissions: readonly string[]): string[] {
    const [request, check] = [this.#request, this.#check];
    if (!request || !check)
      throw fault('a window is opened without permission handlers: Electron would grant everything');
    const origin = url.replace(/^([a-z]+:\/\/[^/]*).*$/, '$1');
    return permissions.filter((permission) => {
      let allowed = false;
      const details = { requestingUrl: url, isMainFrame: true };
      request(
        contents as never,
        permission as never,
        (granted) => {
          allowed = granted;
        },
        details,
      );
      return allowed && check(contents as never, permission as never, origin, details);
    });
  }
}

export const defaultSession = new ModelledSession();
export const session = strict('session', { defaultSession: strict('session.defaultSession', defaultSession) });

/** For the test host: answers a request with the app's own handler. */
export async function serve(url: string, method: string, headers: Record<string, string>): Promise<ServedResponse> {
  const scheme = url.slice(0, url.indexOf(':'));
  const handler = handlers.get(scheme);
  if (!handler) throw fault(`nothing handles ${url}`);
  const response = await handler(new Request(url, { method, headers }));
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  };
}
