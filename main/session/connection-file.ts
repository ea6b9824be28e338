// The file of the desktop's connections.
import { appFile } from './app-file.ts';
import type { ConnectionFile } from './saved-connections.ts';

export function connectionFile(): ConnectionFile {
  return appFile('connection');
}
