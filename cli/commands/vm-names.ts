// Names of VMs on the command line (`demo/tiny-2-1`, `tiny-2-1` or an id) -> ids for the calls.
import { wholeEnv } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { type EnvDetail, matchesOsPrefix, nearMatches, TtError } from '@tt/protocol';

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
    if (!found) throw vmNotFound(envName, name, vms);
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

function vmNotFound(envName: string, name: string, vms: EnvDetail['vms']): TtError {
  const start = `${envName}/`;
  const wanted = name.startsWith(start) ? name.slice(start.length) : name;
  const suggestions = nearMatches(
    wanted,
    vms.map((vm) => vm.name.slice(start.length)),
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
  const { vms } = await client.env.show({ name: envName });
  const images = [...new Set(vms.map(({ image }) => image))];
  for (const osPrefix of prefixes) {
    if (images.some((image) => matchesOsPrefix(image, osPrefix))) continue;
    const systems = images.map((image) => image.split(':')[1] ?? image);
    // Of a prefix only the beginning of a name can be near.
    const isNear = (system: string) => nearMatches(osPrefix, [system.slice(0, osPrefix.length)]).length > 0;
    throw new TtError('SYSTEM_NOT_IN_ENV', { envName, osPrefix, suggestions: systems.filter(isNear).slice(0, 3) });
  }
}
