// The interface of a disk image tool: it inspects files, converts foreign ones to TT's format, and packs files with holes for
// archives that have none. `qemu-image-tool.ts` is the real one, `fake-image-tool.ts` the fake; both pass `image-tool.contract.ts`.
import type { Reason } from '@tt/protocol';

/** Forms of a disk that can be converted; always named to the tool, never guessed by it. */
export type DiskFormat = 'qcow2' | 'raw' | 'vmdk' | 'vdi' | 'vhdx' | 'vpc';

export interface DiskFacts {
  /** Size of the disk the guest sees. */
  virtualBytes: number;
  /** At most so much of that is not a hole, whatever the size of the file: what a raw copy of it takes on the host. */
  dataBytes: number;
  /** Null if it is complete; otherwise what is missing: it is being copied, or the copy was cut off. */
  missing: Reason | null;
  /** Null if it is self-contained; otherwise why it is not: it refers to other files of the host. */
  needsOthers: Reason | null;
}

export interface ConvertJob {
  /** A folder with nothing but this job; it belongs to the tool's user until the end. */
  folder: string;
  /** Names inside the folder. */
  source: string;
  target: string;
  format: DiskFormat;
  /** Of the file that is made; more is IMAGE_REFUSED (`fileTooLarge`). */
  maxBytes: number;
}

/** A raw file to be packed, or a packed one to be made raw again. */
export interface PackJob {
  /** Absolute path. It belongs to the agent, and is lent to the tool's user meanwhile. */
  source: string;
  /** An empty folder; it belongs to the tool's user until the end. */
  folder: string;
  /** The name of what is made inside the folder. */
  target: string;
  /** Length of the raw file, holes included; more is IMAGE_REFUSED (`diskTooLarge`). */
  maxBytes: number;
}

export interface Work {
  signal: AbortSignal;
  onProgress?: (progress: { done: number; total: number }) => void;
}

export interface ImageTool {
  /** Inspects a disk in TT's format (qcow2). Rejects for anything else. */
  lookAtDisk(file: string): Promise<DiskFacts>;
  /** What an ISO image lacks; null when it is whole. */
  lookAtMedium(file: string): Promise<Reason | null>;
  /**
   * Makes a self-contained qcow2. The source is untrusted: IMAGE_REFUSED if it refers to other files or is too large,
   * IMAGE_CONVERT_FAILED if it cannot be read, DISK_FULL.
   */
  convert(job: ConvertJob, work: Work): Promise<{ virtualBytes: number }>;
  /**
   * Packs a raw file, as long as whole sectors of 512 bytes, into a self-contained qcow2 that holds only what is not zero.
   * Rejects as {@link convert}.
   */
  packRaw(job: PackJob, work: Work): Promise<void>;
  /** The inverse, with the holes. The source is untrusted: rejects as {@link convert}. */
  unpackRaw(job: PackJob, work: Work): Promise<void>;
}
