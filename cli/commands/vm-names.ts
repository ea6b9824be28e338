// Names of VMs on the command line (`demo/tiny-2-1`, `tiny-2-1` or an id) -> ids for the calls.
import { mustMeanSystem, wholeEnv } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { nearMatches, TtError, type Vm } from '@tt/protocol';

/** undefined when no names were given (all VMs). Rejects with VM_NOT_FOUND for a name that fits none. */
export async function vmIdsFor(
  { client }: NodeConnection,
  envName: string,
  names: readonly string[] | undefined,
): Promise<string[] | undefined> {
  if (!names || names.length === 0) return undefined;
  const { vms } = await wholeEnv(client, envName);
  return names.map((name) => {
    const found = vms.find((vm) => isNamed(vm, name));
    if (!found) throw vmNotFound(envName, name, vms);
    return found.id;
  });
}

/** By its id, its whole name, or its name within the ENV. */
export function isNamed(vm: Pick<Vm, 'id' | 'name' | 'envName'>, name: string): boolean {
  return vm.id === name || vm.name === name || vm.name === `${vm.envName}/${name}`;
}

/** For one VM by its whole name or its id. Rejects with ENV_NOT_FOUND or VM_NOT_FOUND; an id is looked up by the call itself. */
export async function vmIdFor(connection: NodeConnection, name: string): Promise<string> {
  const slash = name.indexOf('/');
  if (slash < 0) return name;
  const [id] = (await vmIdsFor(connection, name.slice(0, slash), [name])) ?? [];
  return id ?? name;
}

export function vmNotFound(envName: string, name: string, vms: readonly Pick<Vm, 'name'>[]): TtError {
  const start = `${envName}/`;
  const wanted = name.startsWith(start) ? name.slice(start.length) : name;
  const suggestions = nearMatches(
    wanted,
    vms.map((vm) => (vm.name.startsWith(start) ? vm.name.slice(start.length) : vm.name)),
  );
  return new TtError('VM_NOT_FOUND', { vmId: name, suggestions });
}

/** Each prefix must mean a VM of the ENV: a misspelt one would delete too few. Rejects with SYSTEM_NOT_IN_ENV. */
export async function mustMeanVms(
  { client }: NodeConnection,
  envName: string,
  prefixes: readonly string[],
): Promise<void> {
  if (prefixes.length === 0) return;
  const { vms } = await wholeEnv(client, envName);
  const images = vms.map(({ image }) => image);
  for (const osPrefix of prefixes) mustMeanSystem(envName, osPrefix, images);
}
