// The small parts of Electron that reach out to the system: its browser, its key store, its screens, pictures for it.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { CreateFromBufferOptions, Display, SafeStorage, Shell } from 'electron';
import { checkOptions, strict } from '../not-modelled.ts';
import { app } from './app.ts';
import { fault, send } from './link.ts';

export const shell = strict('shell', {
  async openExternal(url: string): Promise<void> {
    send({ type: 'opened-outside', url });
  },
} satisfies Pick<Shell, 'openExternal'>);

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

/** One screen of a usual size; the bar of the desktop takes some of it. */
const display = {
  id: 1,
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  workArea: { x: 0, y: 0, width: 1920, height: 1040 },
};

export const screen = strict('screen', {
  getAllDisplays(): Display[] {
    if (!app.isReady()) throw new Error('The screen module can’t be used before the app is ready');
    return [strict('Display', display) as Display];
  },
});

const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');

/** A picture is only handed on; what is none would be empty in Electron too, and nobody would see it. */
export const nativeImage = strict('nativeImage', {
  createFromBuffer(buffer: Buffer, options: CreateFromBufferOptions = {}): { isEmpty(): boolean } {
    checkOptions('nativeImage.createFromBuffer', options, ['scaleFactor']);
    if (!buffer.subarray(0, 8).equals(pngSignature)) throw fault('nativeImage of something that is no PNG');
    return strict('NativeImage', { isEmpty: () => false });
  },
});
