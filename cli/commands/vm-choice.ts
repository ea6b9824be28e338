// The flags that choose VMs of ENVs (`tt env run`, `tt env push`, `tt env get`) -> the VMs.
import { mustMeanSystem, wholeEnv } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { matchesOsPrefix, type Vm } from '@tt/protocol';
import type { Command } from 'commander';
import { collectedLists } from '../repeated-options.ts';
import { listOf } from './option-values.ts';
import { isNamed, vmNotFound } from './vm-names.ts';

export interface VmChoice {
  vm?: string[];
  osPrefix?: string[];
}

/** `vms`: how names are given; `--vm <names>` where other words may follow, which are no names. */
export function withVmChoice(command: Command, vms: '--vm <names...>' | '--vm <names>'): Command {
  return command.option(vms, 'only these VMs, by name or id', collectedLists(listOf)).option(
    '-s, --os-prefix <prefixes>',
    'only VMs of these systems, comma separated: tiny or cent,ubuntu2004',
    collectedLists((text) => listOf(text)),
  );
}

/**
 * undefined where nothing is chosen: all. Each name and each prefix must mean a VM in one of the ENVs; an ENV without any is left out.
 * Rejects with ENV_NOT_FOUND, VM_NOT_FOUND, SYSTEM_NOT_IN_ENV.
 */
export async function chosenVms(
  { client }: NodeConnection,
  envNames: readonly string[],
  { vm: names = [], osPrefix: prefixes = [] }: VmChoice,
): Promise<{ envName: string; vms: Vm[] }[] | undefined> {
  if (names.length === 0 && prefixes.length === 0) return undefined;
  const envs: { envName: string; vms: Vm[] }[] = [];
  for (const envName of envNames) envs.push({ envName, vms: (await wholeEnv(client, envName)).vms });
  const all = envs.flatMap(({ vms }) => vms);
  const [first = ''] = envNames;
  const strange = names.find((name) => !all.some((vm) => isNamed(vm, name)));
  if (strange !== undefined) throw vmNotFound(first, strange, all);
  const images = all.map(({ image }) => image);
  for (const prefix of prefixes) mustMeanSystem(first, prefix, images);
  const isChosen = (vm: Vm) =>
    names.some((name) => isNamed(vm, name)) || prefixes.some((prefix) => matchesOsPrefix(vm.image, prefix));
  return envs.map(({ envName, vms }) => ({ envName, vms: vms.filter(isChosen) })).filter(({ vms }) => vms.length > 0);
}
