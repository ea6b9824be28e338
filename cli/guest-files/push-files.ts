// Puts files of this computer into guests: sent to the agent once, then from there to each guest.
import { inCalls } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import type { PushedVm, TtClient } from '@tt/protocol';
import { runOperation } from '../run-operation.ts';
import type { LocalTree } from './local-tree.ts';
import { sendFiles } from './send-files.ts';

type PutInput = Parameters<TtClient['guestFile']['put']>[0];

export interface PushRequest {
  envName: string;
  /** undefined: all of the ENV. */
  vmIds: string[] | undefined;
  folder: string;
  /** Permission bits; undefined: those of each file here. */
  mode: number | undefined;
  more: Partial<Pick<PutInput, 'owner' | 'user' | 'overwrites' | 'timeoutS'>>;
}

export interface Pushed {
  vms: PushedVm[];
  files: Awaited<ReturnType<TtClient['guestFile']['put']>>['files'];
}

/** A guest that has failed gets no more of the files. */
export async function pushFiles(connection: NodeConnection, tree: LocalTree, request: PushRequest): Promise<Pushed> {
  const { envName, folder, mode, more } = request;
  let { vmIds } = request;
  const purpose = [envName, folder, ...(vmIds ?? [])];
  const vms = new Map<string, PushedVm>();
  const sent: Pushed['files'] = [];
  const fileCalls = inCalls(tree.files, ({ inner }) => inner.length);
  const folderCalls = inCalls(tree.folders, (name) => name.length);
  for (let at = 0; at < Math.max(fileCalls.length, folderCalls.length); at++) {
    const files = fileCalls[at] ?? [];
    const { transferId, forget } = await sendFiles(connection, purpose, files);
    const input = {
      envName,
      folder,
      folders: folderCalls[at] ?? [],
      files: files.map((file) => ({ path: file.inner, sizeBytes: file.sizeBytes, mode: mode ?? file.mode })),
      ...(vmIds && { vmIds }),
      ...(transferId !== undefined && { transferId }),
      ...more,
    };
    const put = await runOperation(connection, (operationId) =>
      connection.client.guestFile.put({ operationId, ...input }),
    );
    for (const vm of put.vms) {
      const before = vms.get(vm.vmId)?.doneBytes ?? 0;
      vms.set(vm.vmId, { ...vm, doneBytes: before + vm.doneBytes });
    }
    sent.push(...put.files);
    const well = put.vms.filter(({ state }) => state === 'done');
    if (well.length === put.vms.length) await forget();
    if (well.length === 0) break;
    vmIds = well.map(({ vmId }) => vmId);
  }
  return { vms: [...vms.values()], files: sent };
}
