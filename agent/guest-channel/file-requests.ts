// What is asked of files in a guest, and what a guest tells of them, whichever way leads there.
import type { Readable } from 'node:stream';

export interface FileOwner {
  /** Names or numbers; null keeps that of whoever writes it. */
  user: string | null;
  group: string | null;
}

export interface PutRequest {
  /** Absolute. Its folder must exist. */
  path: string;
  /** Bytes. */
  size: number;
  /** Of the whole content, lower-case hexadecimal. */
  sha256: string;
  /** Permission bits, e.g. 0o644. */
  mode: number;
  owner?: FileOwner;
  /** False: EEXIST if there is a file already. */
  overwrites: boolean;
  /** Who writes it in the guest; default: root. */
  user?: string;
  /** The content from `offset` on. Called once. */
  content: (offset: number) => AsyncIterable<Uint8Array>;
  /** Of all bytes, also those that were there. */
  onProgress?: (doneBytes: number) => void;
  signal?: AbortSignal;
}

export interface FoldersRequest {
  /** Absolute. Made with what is missing above it; links on the way are followed. */
  base: string;
  /** Below it, e.g. `a/b`; those above each are made, too. A link there is no folder. */
  names: readonly string[];
  /** Of those that are new. */
  mode: number;
  owner?: FileOwner;
  user?: string;
  signal?: AbortSignal;
}

export interface GetRequest {
  /** Absolute. */
  path: string;
  offset?: number;
  user?: string;
  signal?: AbortSignal;
}

export interface GuestFile {
  /** Bytes, of the whole file. */
  size: number;
  mode: number;
  modifiedAt: Date;
  /** From the wanted offset on. Must be read. */
  content: Readable;
  /** Of the whole file, once `content` has ended. Rejects as `getFile`. */
  sha256: Promise<string>;
}

export interface GuestEntry {
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes. */
  size: number;
  mode: number;
  modifiedAt: Date;
  /** Name, or number where it has none; null of a helper that does not tell. */
  owner: string | null;
  path: string;
}
