// Finds the Electron program, if this machine has it.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** ELECTRON_BIN, else the binary the npm package fetched when it was first run; null when there is neither (or no screen). */
export function electronBinary(root: string, env: NodeJS.ProcessEnv = process.env): string | null {
  if (process.platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return null;
  if (env['ELECTRON_BIN']) return env['ELECTRON_BIN'];
  const folder = path.join(root, 'node_modules', 'electron');
  const pathFile = path.join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const binary = path.join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}
