// Where secrets of connections are kept between starts: encrypted by the system (Electron's safeStorage), or nowhere.
import type { SafeStorage } from 'electron';

export interface Vault {
  /** The text encrypted, in base64; null where nothing can be kept. */
  seal(text: string): string | null;
  /** null when it can't be read: nothing was kept, or the system's key has changed since. */
  open(sealed: string): string | null;
}

/** The part of Electron's `safeStorage` that is used. */
export type SystemStorage = Pick<
  SafeStorage,
  'isEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptString' | 'decryptString'
>;

/** `platform` is that of the system. */
export function systemVault(storage: SystemStorage, platform: NodeJS.Platform = process.platform): Vault {
  /** Linux without a key store "encrypts" with a password everybody knows: that is not a place for a token. */
  const isUsable = () =>
    storage.isEncryptionAvailable() && (platform !== 'linux' || storage.getSelectedStorageBackend() !== 'basic_text');
  return {
    seal: (text) => (isUsable() ? storage.encryptString(text).toString('base64') : null),
    open(sealed) {
      if (sealed === '' || !isUsable()) return null;
      try {
        return storage.decryptString(Buffer.from(sealed, 'base64'));
      } catch {
        return null;
      }
    },
  };
}
