// One request for a file of the built renderer, as protocol.handle wants it answered. Knows only files below its folder.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { contentSecurityPolicy } from '@tt/protocol';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** Answers with the file, or 404 for anything outside the folder, of an unknown kind, or not there. */
export async function serveFile(directory: string, url: string): Promise<Response> {
  const file = fileFor(directory, url);
  const type = file && contentTypes[path.extname(file)];
  if (!type) return notFound();
  try {
    return new Response(await readFile(file), { headers: { ...headers, 'content-type': type } });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return notFound();
    throw error;
  }
}

/** The file a URL means, or null when it leads out of the folder. */
export function fileFor(directory: string, url: string): string | null {
  const pathname = decode(URL.parse(url)?.pathname ?? '');
  if (pathname === null || pathname.includes('\0')) return null;
  const file = path.resolve(directory, `.${path.posix.normalize(pathname === '/' ? '/index.html' : pathname)}`);
  return file.startsWith(directory + path.sep) ? file : null;
}

function decode(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}

function notFound(): Response {
  return new Response('Not found', { status: 404, headers: { ...headers, 'content-type': 'text/plain' } });
}
