// A disk in any format that somebody put into the image folder: what is known about it before it is imported.
import { stat } from 'node:fs/promises';
import { imageNameFor, reason, type Reason } from '@tt/protocol';
import { sniffFormat } from './import/sniff.ts';
import type { DiskFormat, ImageTool } from './tool/interface.ts';

/** Apparently complete; the agent imports it, and the result replaces it. */
export interface DroppedDisk {
  kind: 'dropped';
  name: string;
  /** Its name in the folder. */
  file: string;
  path: string;
  /** By its extension if its first bytes are inconclusive: a raw disk need not have a partition table. */
  format: DiskFormat | null;
  sizeBytes: number;
  /** Changes whenever the file does. */
  signature: string;
}

/** Files that look like disks; others are ignored. */
export function isDiskFile(name: string): boolean {
  return /\.(qcow2|img|raw|vmdk|vdi|vhdx|vhd|ova)$/i.test(name);
}

/** What a file lacks, or why it can't be imported from here; both null for one that can. */
export async function lookAtDropped(
  file: string,
  tool: ImageTool,
): Promise<{ missing: Reason | null; needsOthers: Reason | null; format: DiskFormat | null }> {
  const found = await sniffFormat(file);
  if (found === 'qcow2') return { ...(await tool.lookAtDisk(file)), format: null };
  const { size } = await stat(file);
  const isRaw = found === null && /\.(raw|img)$/i.test(file);
  return { missing: size === 0 ? reason('empty') : null, needsOthers: null, format: isRaw ? 'raw' : null };
}

export async function readDropped(file: string, name: string, signature: string): Promise<Omit<DroppedDisk, 'format'>> {
  const { blocks } = await stat(file);
  return { kind: 'dropped', name: imageNameFor(name), file: name, path: file, sizeBytes: blocks * 512, signature };
}
