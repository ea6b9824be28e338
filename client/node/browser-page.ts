// A link with a one-time code for the system's browser. Arguments of programs can be read by every user of this computer, so the
// browser is started with a page that only this user can read, which redirects to the link.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { writePrivateFile } from './private-file.ts';

const openers: Partial<Record<NodeJS.Platform, string>> = { linux: 'xdg-open', darwin: 'open', win32: 'explorer' };

/** The program that opens addresses; null without a screen. */
export function browserOpener(): string | null {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return null;
  return openers[process.platform] ?? null;
}

/** Writes the page as `open.html` in `folder`; gives its address. */
export async function writeBrowserPage(link: string, folder: string): Promise<string> {
  const page = path.join(folder, 'open.html');
  await writePrivateFile(page, pageTo(link));
  return pathToFileURL(page).href;
}

/** The link is an address: but for `&`, nothing in it means anything to HTML. */
function pageTo(address: string): string {
  if (/["'<>\s]/.test(address)) throw new Error(`not a link of TT: ${address.split(/[?#]/)[0]}`);
  const link = address.replaceAll('&', '&amp;');
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${link}">
<title>TT</title>
<a href="${link}">TT</a>
`;
}
