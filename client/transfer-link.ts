// What sending and fetching of files need of a link and of a file, whoever gives them.
import type { TtClient } from '@tt/protocol';
import type { ByteChannel } from './byte-channel.ts';

/** What a transfer uses: a connection of Node, or the window's bridge. */
export interface TransferLink {
  readonly client: TtClient;
  openStream(ticket: string): ByteChannel;
  /**
   * Sends what is left of a file as the body of one request (`uploadPath`). Resolves with the JSON that was answered, whatever its status;
   * null: there was none, or the file can’t be sent so. Rejects when it is stopped, or the file can’t be read. Absent or null: streams are the only way.
   */
  readonly putRest?: ((rest: RestOfFile) => Promise<unknown>) | null;
}

export interface TransferOptions {
  signal?: AbortSignal;
  onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** A file of a page: the part of a File that is used. */
export interface ReadableFile {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  slice(start: number, end: number): Blob | { arrayBuffer(): Promise<ArrayBuffer> };
}

export interface UploadSource {
  fileName: string;
  sizeBytes: number;
  /** The expected hash, in lower-case hex; default: none is expected. */
  sha256?: string;
  /** Exactly these bytes. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** What `read` reads, for who can send it without reading it here; absent: it can only be read. */
  readonly file?: ReadableFile;
}

/** What is left of a file, for a link that can send it so. */
export interface RestOfFile extends TransferOptions {
  transferId: string;
  /** Good for this one request. */
  ticket: string;
  /** Of the first byte that is sent. */
  offset: number;
  source: UploadSource;
}
