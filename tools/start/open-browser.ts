// Opens a join link in the system's browser; does nothing without a screen.
import { RunError, spawnProcess } from '../../agent/host/run-command.ts';
import { browserOpener, writeBrowserPage } from '../../client/node/browser-page.ts';

/** `folder` is where the page with the link is written. `open`: starts a program with arguments; for tests. */
export async function openBrowser(
  link: string,
  folder: string,
  open: (opener: string, args: readonly string[]) => Promise<unknown> = (opener, args) =>
    spawnProcess(opener, args, { detached: true }),
): Promise<void> {
  const opener = browserOpener();
  if (opener === null) return;
  const page = await writeBrowserPage(link, folder);
  try {
    await open(opener, [page]);
  } catch (error) {
    // No opener: the address is on the screen.
    if (!(error instanceof RunError && error.notFound)) throw error;
  }
}
