// `tt top`: metrics of running VMs, once or (`--follow`) every second until Ctrl-C.
import { wholeEnv, type WholeItem, wholeItems } from '@tt/client';
import type { Metrics, TtClient, Vm } from '@tt/protocol';
import type { Command } from 'commander';
import { firstPicture } from '../first-picture.ts';
import { onInterrupt } from '../interrupts.ts';
import { printJson, printJsonLine, rate, size, table } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { clearScreen, print } from '../terminal.ts';

/** By VM id: what stands in the first column. */
type Names = Map<string, string>;

export function addTopCommand(program: Command): void {
  withJson(program.command('top [env]'))
    .description('show metrics of running VMs, of one ENV or all')
    .option('--follow', 'repeat every second until Ctrl-C; with --json, one line of JSON each time')
    .action(async (envName: string | undefined, options: { follow?: true }, command: Command) => {
      const json = wantsJson(command);
      await withServer(async ({ client }) => {
        if (options.follow) await follow(client, envName, json);
        else await once(client, envName, json);
      });
    });
}

async function once(client: TtClient, envName: string | undefined, json: boolean): Promise<void> {
  const { vms } = envName === undefined ? await firstPicture(client) : await wholeEnv(client, envName);
  const names = namesOf(vms);
  const metrics = only(await client.host.metrics(), names);
  if (json) printJson(metrics);
  else print(metricsTable(metrics, names));
}

async function follow(client: TtClient, envName: string | undefined, json: boolean): Promise<void> {
  // An ENV that is not there is said at once, not shown as one without VMs.
  if (envName !== undefined) await client.env.show({ name: envName, limit: 1 });
  const following = new AbortController();
  const end = () => following.abort();
  const stopListening = onInterrupt(end);
  let names: Names = new Map();
  try {
    for await (const item of wholeItems(await client.event.follow({}, { signal: following.signal }))) {
      names = namesAfter(names, item, envName);
      if (item.kind === 'metrics') printAgain(only(item.metrics, names), names, json);
    }
  } catch (error) {
    if (!following.signal.aborted) throw error;
  } finally {
    stopListening();
  }
}

function printAgain(metrics: Metrics, names: Names, json: boolean): void {
  if (json) {
    printJsonLine(metrics);
    return;
  }
  // A terminal is drawn anew; a file or pipe gets one table after the other.
  clearScreen();
  print(`${metrics.at}\n${metricsTable(metrics, names)}`);
}

/** The names after one more item of the feed: all VMs, or those of `envName`. */
export function namesAfter(names: Names, item: WholeItem, envName?: string): Names {
  const wanted = (vm: Vm) => envName === undefined || vm.envName === envName;
  if (item.kind === 'snapshot') return namesOf(item.state.vms.filter(wanted));
  if (item.kind !== 'event') return names;
  const { event } = item;
  if (event.type === 'vm.created' && wanted(event.data)) return new Map(names).set(event.data.id, event.data.name);
  if (event.type === 'vm.deleted') return new Map([...names].filter(([id]) => id !== event.data.id));
  return names;
}

function namesOf(vms: readonly Vm[]): Names {
  return new Map(vms.map(({ id, name }) => [id, name]));
}

function only(metrics: Metrics, names: Names): Metrics {
  return { ...metrics, vms: metrics.vms.filter(({ vmId }) => names.has(vmId)) };
}

/** The busiest first. */
export function metricsTable(metrics: Metrics, names: ReadonlyMap<string, string>): string {
  const rows = [...metrics.vms]
    .map((vm) => ({ ...vm, name: names.get(vm.vmId) ?? vm.vmId }))
    .sort((a, b) => b.cpuPercent - a.cpuPercent || a.name.localeCompare(b.name))
    .map((vm) => [
      vm.name,
      `${vm.cpuPercent.toFixed(1)} %`,
      size(vm.memoryBytes),
      vm.memoryProportionalBytes === null ? '-' : size(vm.memoryProportionalBytes),
      rate(vm.diskReadBytesPerS),
      rate(vm.diskWrittenBytesPerS),
      rate(vm.networkReceivedBytesPerS),
      rate(vm.networkSentBytesPerS),
    ]);
  return table(['VM', 'CPU', 'MEMORY', 'PSS', 'DISK READ', 'DISK WRITE', 'NET IN', 'NET OUT'], rows);
}
