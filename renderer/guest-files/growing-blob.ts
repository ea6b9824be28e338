// Bytes for a file that is saved by a download. The browser keeps them, on its disk when they are many; this page holds some MiB.
const FOLD_BYTES = 4 * 1024 * 1024;

export class GrowingBlob {
  sizeBytes = 0;
  #blobs: Blob[] = [];
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #held = 0;

  append(bytes: Uint8Array): void {
    this.#pieces.push(bytes.slice());
    this.#held += bytes.length;
    this.sizeBytes += bytes.length;
    if (this.#held >= FOLD_BYTES) this.#fold();
  }

  whole(): Blob {
    this.#fold();
    return new Blob(this.#blobs, { type: 'application/octet-stream' });
  }

  #fold(): void {
    this.#blobs.push(new Blob(this.#pieces));
    this.#pieces = [];
    this.#held = 0;
  }
}
