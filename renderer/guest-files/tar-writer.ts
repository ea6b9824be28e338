// Writes a tar archive piece by piece (POSIX pax, with plain ustar headers where they are enough): for browsers that can save one file
// only. Pure.

const BLOCK = 512;
/** What fits into the octal digits of a header. */
const MOST_OCTAL_SIZE = 8 ** 11 - 1;
const MOST_NAME = 100;
const ASCII = /^[\x20-\x7e]+$/;

export interface TarEntry {
  /** Relative, with `/` between its parts. */
  name: string;
  kind: 'file' | 'folder';
  sizeBytes: number;
  /** Permission bits. */
  mode: number;
  modifiedAt: Date;
}

/** What stands before the content of an entry. */
export function tarHeader(entry: TarEntry): Uint8Array<ArrayBuffer> {
  const name = entry.kind === 'folder' ? `${entry.name}/` : entry.name;
  const records: string[] = [];
  if (name.length > MOST_NAME || !ASCII.test(name)) records.push(paxRecord('path', name));
  if (entry.sizeBytes > MOST_OCTAL_SIZE) records.push(paxRecord('size', String(entry.sizeBytes)));
  const own = block(entry, records.length > 0 ? 'pax' : name, entry.kind === 'folder' ? '5' : '0', entry.sizeBytes);
  if (records.length === 0) return own;
  const text = new TextEncoder().encode(records.join(''));
  return together(block(entry, 'pax', 'x', text.length), text, tarPadding(text.length), own);
}

/** What stands after so many bytes of content. */
export function tarPadding(sizeBytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array((BLOCK - (sizeBytes % BLOCK)) % BLOCK);
}

export function tarEnd(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(2 * BLOCK);
}

function block({ mode, modifiedAt }: TarEntry, name: string, type: string, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number) => `${Math.max(0, value).toString(8).padStart(digits, '0')}\0`;
  put(0, name);
  put(100, octal(mode & 0o777, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size > MOST_OCTAL_SIZE ? 0 : size, 11));
  put(136, octal(Math.min(MOST_OCTAL_SIZE, Math.floor(modifiedAt.getTime() / 1000)), 11));
  put(148, ' '.repeat(8));
  put(156, type);
  put(257, 'ustar\x0000');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return bytes;
}

/** Its length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = new TextEncoder().encode(rest).length;
  let digits = String(length).length;
  if (String(length + digits).length > digits) digits++;
  return `${length + digits}${rest}`;
}

function together(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
