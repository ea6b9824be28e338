// Opens an address in the system's browser; does nothing without a screen.
import { RunError, spawnProcess } from '../../agent/host/run-command.ts';

const openers: Partial<Record<NodeJS.Platform, string>> = { linux: 'xdg-open', darwin: 'open', win32: 'explorer' };

export async function openBrowser(url: string): Promise<void> {
  const opener = openers[process.platform];
  if (!opener) return;
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return;
  try {
    await spawnProcess(opener, [url], { detached: true });
  } catch (error) {
    // No opener: the address stands on the screen.
    if (!(error instanceof RunError && error.notFound)) throw error;
  }
}
