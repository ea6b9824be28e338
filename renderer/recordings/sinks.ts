// Where a recording is written: into a file that the user chose, as it happens, where the browser can do that; else into memory that the
// browser moves to its disk, and saved at the end.
import { RECORDING_BYTES_MAX, RECORDING_END, RECORDING_TYPE } from '@tt/protocol';
import { saveFile } from '../components/save-file.ts';
import type { RecordingSink } from './recording-writer.ts';

const GIB = 1024 ** 3;
const FILE_BYTES = 4 * GIB;
const MEMORY_BYTES = RECORDING_BYTES_MAX;
/** Blobs of less than that are joined: each costs more than its bytes. */
const JOINED_BYTES = 4 * 1024 * 1024;

/** Of the File System Access API, which not every browser has: the part that is used. */
interface FilePicker {
  showSaveFilePicker?: (options: {
    suggestedName: string;
    types: { accept: Record<string, string[]> }[];
  }) => Promise<{ createWritable: () => Promise<WritableFile>; getFile: () => Promise<Blob> }>;
}
interface WritableFile {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

/** Must be called in answer to a press. null: the user chose no file. */
export async function chooseSink(name: string, page: FilePicker = window as FilePicker): Promise<RecordingSink | null> {
  if (!page.showSaveFilePicker) return new MemorySink(name);
  try {
    const file = await page.showSaveFilePicker({
      suggestedName: name,
      types: [{ accept: { [RECORDING_TYPE]: [RECORDING_END] } }],
    });
    const writable = await file.createWritable();
    return {
      mostBytes: FILE_BYTES,
      write: (bytes) => writable.write(bytes),
      close: () => writable.close(),
      abort: () => writable.abort(),
      file: () => file.getFile(),
    };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    // Not allowed here, as in the desktop: it is saved as a download instead.
    return new MemorySink(name);
  }
}

export class MemorySink implements RecordingSink {
  readonly mostBytes = MEMORY_BYTES;
  readonly #name: string;
  readonly #save: (name: string, content: Blob) => void;
  #blobs: Blob[] = [];
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #pieceBytes = 0;
  #made = new Blob();

  constructor(name: string, save: (name: string, content: Blob) => void = saveFile) {
    this.#name = name;
    this.#save = save;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pieces.push(Uint8Array.from(bytes));
    this.#pieceBytes += bytes.length;
    if (this.#pieceBytes >= JOINED_BYTES) this.#join();
  }

  async close(): Promise<void> {
    this.#join();
    this.#made = new Blob(this.#blobs, { type: RECORDING_TYPE });
    this.#blobs = [];
    this.#save(this.#name, this.#made);
  }

  async file(): Promise<Blob> {
    return this.#made;
  }

  async abort(): Promise<void> {
    this.#blobs = [];
    this.#pieces = [];
  }

  #join(): void {
    this.#blobs.push(new Blob(this.#pieces));
    this.#pieces = [];
    this.#pieceBytes = 0;
  }
}
