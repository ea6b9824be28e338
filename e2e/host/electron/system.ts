// The small parts of Electron that reach out to the system: menus, the system's browser, its key store.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Menu as ElectronMenu, SafeStorage, Shell } from 'electron';
import { strict } from '../not-modelled.ts';
import { app } from './app.ts';
import { send } from './link.ts';

export const shell = strict('shell', {
  async openExternal(url: string): Promise<void> {
    send({ type: 'opened-outside', url });
  },
} satisfies Pick<Shell, 'openExternal'>);

let applicationMenu: unknown = null;

export const Menu = strict('Menu', {
  setApplicationMenu(menu: ElectronMenu | null): void {
    applicationMenu = menu;
  },
  getApplicationMenu(): ElectronMenu | null {
    return applicationMenu as ElectronMenu | null;
  },
} satisfies Pick<typeof ElectronMenu, 'setApplicationMenu' | 'getApplicationMenu'>);

/** A key store that is there, or (TT_E2E_SAFE_STORAGE_KEY empty) is not. The key outlives the app, as the system's does. */
const key = Buffer.from(process.env['TT_E2E_SAFE_STORAGE_KEY'] ?? '', 'hex');

export const safeStorage = strict('safeStorage', {
  isEncryptionAvailable(): boolean {
    return app.isReady() && key.length === 32;
  },
  getSelectedStorageBackend() {
    return key.length === 32 ? 'gnome_libsecret' : 'basic_text';
  },
  encryptString(plainText: string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const text = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]);
  },
  decryptString(encrypted: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', key, encrypted.subarray(0, 12));
    decipher.setAuthTag(encrypted.subarray(12, 28));
    return Buffer.concat([decipher.update(encrypted.subarray(28)), decipher.final()]).toString('utf8');
  },
} satisfies Pick<
  SafeStorage,
  'isEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptString' | 'decryptString'
>);
