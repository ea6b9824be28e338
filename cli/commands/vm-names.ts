// Names of VMs on the command line (`demo/tiny-2-1`, `tiny-2-1` or an id) -> ids for the calls.
import { wholeEnv } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { TtError } from '@tt/protocol';

/** undefined when no names were given (all VMs). Rejects with VM_NOT_FOUND for a name that fits none. */
export async function vmIdsFor(
  { client }: NodeConnection,
  envName: string,
  names: readonly string[] | undefined,
): Promise<string[] | undefined> {
  if (!names || names.length === 0) return undefined;
  const { vms } = await wholeEnv(client, envName);
  return names.map((name) => {
    const found = vms.find((vm) => vm.id === name || vm.name === name || vm.name === `${envName}/${name}`);
    if (!found) throw new TtError('VM_NOT_FOUND', { vmId: name });
    return found.id;
  });
}

/** For one VM by its whole name or its id. Rejects with ENV_NOT_FOUND or VM_NOT_FOUND; an id is looked up by the call itself. */
export async function vmIdFor(connection: NodeConnection, name: string): Promise<string> {
  const slash = name.indexOf('/');
  if (slash < 0) return name;
  const [id] = (await vmIdsFor(connection, name.slice(0, slash), [name])) ?? [];
  return id ?? name;
}
