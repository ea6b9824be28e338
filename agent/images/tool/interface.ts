// The interface of a disk image tool: it inspects files, and converts foreign ones to TT's format. `qemu-image-tool.ts` is the
// real one, `fake-image-tool.ts` the fake; both pass `image-tool.contract.ts`.
import type { Reason } from '@tt/protocol';

/** Forms of a disk that can be converted; always named to the tool, never guessed by it. */
export type DiskFormat = 'qcow2' | 'raw' | 'vmdk' | 'vdi' | 'vhdx' | 'vpc';

export interface DiskFacts {
  /** Size of the disk the guest sees. */
  virtualBytes: number;
  /** Null when all of it is there; else what is missing: it is being copied, or the copy was cut. */
  missing: Reason | null;
  /** Null when it stands alone; else why it does not: it names other files of the host. */
  needsOthers: Reason | null;
}

export interface ConvertJob {
  /** A folder that holds nothing but this job; it is given to the tool's user, and taken back at the end. */
  folder: string;
  /** Names inside the folder. */
  source: string;
  target: string;
  format: DiskFormat;
  /** Of the file that is made; more is IMAGE_REFUSED (`fileTooLarge`). */
  maxBytes: number;
}

export interface Work {
  signal: AbortSignal;
  onProgress?: (progress: { done: number; total: number }) => void;
}

export interface ImageTool {
  /** Looks at a disk in the form TT keeps (qcow2). Rejects when it is none. */
  lookAtDisk(file: string): Promise<DiskFacts>;
  /** What an ISO image lacks; null when it is whole. */
  lookAtMedium(file: string): Promise<Reason | null>;
  /**
   * Makes a qcow2 that stands alone. The source may come from anybody: IMAGE_REFUSED when it names other files or is too
   * large, IMAGE_CONVERT_FAILED when it can't be read, DISK_FULL.
   */
  convert(job: ConvertJob, work: Work): Promise<{ virtualBytes: number }>;
}
