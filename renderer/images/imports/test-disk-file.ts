// Test support: files as a user chooses them, which the fake image tool takes for disks of 64 MiB.
const HEAD = Uint8Array.from('QFI\u00fb disk of 64 MiB', (letter) => letter.charCodeAt(0));

export function diskBytes(sizeBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeBytes);
  bytes.set(HEAD);
  return bytes;
}

export function diskFile(name: string, sizeBytes: number): File {
  return new File([diskBytes(sizeBytes)], name);
}

/** Nothing of it can be read from a byte on: what was sent before stays under way. */
export class HeldFile extends File {
  readonly #heldFrom: number;

  constructor(name: string, bytes: Uint8Array<ArrayBuffer>, heldFrom: number) {
    super([bytes], name);
    this.#heldFrom = heldFrom;
  }

  override slice(start = 0, end = this.size): Blob {
    const part = super.slice(start, end);
    if (start >= this.#heldFrom) part.arrayBuffer = () => new Promise(() => {});
    return part;
  }
}
