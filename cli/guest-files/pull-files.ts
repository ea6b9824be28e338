// Gets files of one guest into a folder of this computer: they are listed, looked at, and then fetched in downloads of many files.
import { fetchGuestFiles, findGuestFiles, planFetch } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import type { FetchedFile } from '@tt/protocol';
import { runOperation } from '../run-operation.ts';
import { FetchFolder } from './fetched-files.ts';

export interface PullRequest {
  vm: { id: string; name: string };
  /** Absolute, or patterns (glob(7)). */
  paths: readonly string[];
  /** Of this VM. */
  folder: string;
  force: boolean;
  more: { user?: string; timeoutS?: number };
  onProgress: (bytes: number) => void;
  /** What came of files that are not whole was kept: the same command continues them. */
  onKept: () => void;
}

export interface Pulled {
  files: (FetchedFile & { file: string })[];
  leftOut: string[];
}

/** All that is asked for, or as much as came until it failed; no file is half there under its name. */
export async function pullFiles(connection: NodeConnection, request: PullRequest): Promise<Pulled> {
  const { vm, paths, force, more, onProgress } = request;
  const found = await findGuestFiles(connection.client, paths, { vm, more });
  const plan = planFetch(vm.name, found, { isWindows: process.platform === 'win32' });
  const folder = new FetchFolder(request.folder, { force, vmId: vm.id });
  for (const wanted of plan.files) await folder.mustBeFree(wanted);
  await folder.makeFolder('');
  for (const inner of plan.folders) await folder.makeFolder(inner);
  try {
    const fetched = await fetchGuestFiles(
      connection,
      { vmId: vm.id, files: plan.files, more, onProgress },
      folder,
      (input) =>
        runOperation(connection, (operationId) => connection.client.guestFile.get({ operationId, ...input }), {
          isShown: false,
        }),
    );
    const files = fetched.map((file, index) => ({ ...file, file: folder.pathOf(plan.files[index]?.inner ?? '') }));
    return { files, leftOut: plan.leftOut };
  } finally {
    if (folder.hasKept) request.onKept();
  }
}
