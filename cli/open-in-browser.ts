// Opens an address in the system's browser, where there is one. The address is in no argument that others could see.
import { browserOpener, stateDirectory, writeBrowserPage } from '@tt/client/node';

/** False without a screen or a browser. */
export async function openInBrowser(link: string): Promise<boolean> {
  const opener = browserOpener();
  if (opener === null) return false;
  const [{ startApart }, page] = await Promise.all([
    import('./start-program.ts'),
    writeBrowserPage(link, stateDirectory()),
  ]);
  return startApart(opener, [page]).then(
    () => true,
    () => false,
  );
}
