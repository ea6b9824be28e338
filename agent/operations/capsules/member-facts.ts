// Looks at a member of an unpacked capsule that should be a qcow2, before any program reads it.
import path from 'node:path';
import { quoted, reason } from '@tt/protocol';
import { CapsuleError } from '../../capsules/manifest-check.ts';
import type { DiskFacts, ImageTool } from '../../images/tool/interface.ts';
import { StorageError } from '../../storage/errors.ts';

/** Rejects with CapsuleError for what is none, is cut, or refers to other files of this host. */
export async function memberFacts(
  tool: ImageTool,
  folder: string,
  file: string,
): Promise<Pick<DiskFacts, 'virtualBytes' | 'dataBytes'>> {
  const { missing, needsOthers, ...facts } = await tool.lookAtDisk(path.join(folder, file)).catch((error: unknown) => {
    if (error instanceof StorageError) throw new CapsuleError(quoted('memberNotDisk', error.message, { file }));
    throw error;
  });
  if (missing !== null) throw new CapsuleError(reason('memberCut', { file }));
  if (needsOthers !== null) throw new CapsuleError(reason('memberOnOtherFile', { file }));
  return facts;
}
