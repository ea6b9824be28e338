// What the desktop remembers between starts: which connection was used last, and a server's token, encrypted by the
// system (safeStorage). Without a system key store the token is not kept at all and is asked for again.
import { ipcMain, safeStorage } from 'electron';
import Store from 'electron-store';

export interface KnownServer {
  url: string;
  token: string;
  /** PEM of what is pinned; null: those that the system trusts, or plain HTTP on this computer. */
  authority: string | null;
}
export type Remembered = { kind: 'none' } | { kind: 'private' } | ({ kind: 'server' } & KnownServer);

interface StoredSettings {
  connection: 'none' | 'private' | 'server';
  serverUrl: string;
  /** base64 of the encrypted token; empty when none is kept. */
  serverToken: string;
  /** No secret. Empty when none is pinned. */
  serverAuthority: string;
}

export class ServerMemory {
  readonly #store = new Store<StoredSettings>({
    name: 'connection',
    defaults: { connection: 'none', serverUrl: '', serverToken: '', serverAuthority: '' },
    clearInvalidConfig: true,
  });

  constructor() {
    // electron-store opens a channel for stores in windows, which checks no sender. TT has none there.
    ipcMain.removeAllListeners('electron-store-get-data');
  }

  load(): Remembered {
    const { connection, serverUrl: url, serverToken, serverAuthority } = this.#store.store;
    if (connection !== 'server') return { kind: connection };
    const token = decrypt(serverToken);
    if (token === null) return { kind: 'none' };
    return { kind: 'server', url, token, authority: serverAuthority === '' ? null : serverAuthority };
  }

  keepPrivate(): void {
    this.#store.set({ connection: 'private', serverUrl: '', serverToken: '', serverAuthority: '' });
  }

  keepServer({ url, token, authority }: KnownServer): void {
    const serverToken = canEncrypt() ? safeStorage.encryptString(token).toString('base64') : '';
    this.#store.set({ connection: 'server', serverUrl: url, serverToken, serverAuthority: authority ?? '' });
  }
}

/** Linux without a key store "encrypts" with a password everybody knows: that is not a place for a token. */
function canEncrypt(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false;
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
}

/** null when nothing is kept, or the system's key has changed since. */
function decrypt(stored: string): string | null {
  if (stored === '' || !canEncrypt()) return null;
  try {
    return safeStorage.decryptString(Buffer.from(stored, 'base64'));
  } catch {
    return null;
  }
}
