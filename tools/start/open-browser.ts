// Opens a join link in the system's browser; does nothing without a screen. Arguments of programs can be read by every user of
// this computer, so the browser gets a page that only this user can read, which redirects to the link.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { RunError, spawnProcess } from '../../agent/host/run-command.ts';
import { writePrivateFile } from '../../client/node/index.ts';

const openers: Partial<Record<NodeJS.Platform, string>> = { linux: 'xdg-open', darwin: 'open', win32: 'explorer' };

/** `folder` is where the page is written, as `open.html`. `open`: starts a program with arguments; for tests. */
export async function openBrowser(
  link: string,
  folder: string,
  open: (opener: string, args: readonly string[]) => Promise<unknown> = (opener, args) =>
    spawnProcess(opener, args, { detached: true }),
): Promise<void> {
  const opener = openers[process.platform];
  if (!opener) return;
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return;
  const page = path.join(folder, 'open.html');
  await writePrivateFile(page, pageTo(link));
  try {
    await open(opener, [pathToFileURL(page).href]);
  } catch (error) {
    // No opener: the address stands on the screen.
    if (!(error instanceof RunError && error.notFound)) throw error;
  }
}

/** The link is an address and a code of base64url: nothing in it means anything to HTML. */
function pageTo(link: string): string {
  if (/["'<>&\s]/.test(link)) throw new Error(`not a link of TT: ${link.split('#')[0]}`);
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${link}">
<title>TT</title>
<a href="${link}">TT</a>
`;
}
