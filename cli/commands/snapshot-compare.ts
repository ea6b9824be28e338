// `tt snapshot compare ENV NAME OTHER`: what differs between two snapshots, by machine.
import { type SnapshotComparison, termText } from '@tt/protocol';
import type { Command } from 'commander';
import { fileSize, printJson, size, table } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { namedSnapshot } from '../snapshot-name.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addSnapshotCompare(snapshot: Command): void {
  withJson(snapshot.command('compare <env> <name> <other>'))
    .description('show what differs between two snapshots: RAM, disks and configuration of each VM')
    .action(async (envName: string, name: string, otherName: string, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const found = await client.snapshot.compare({ envName, name, otherName });
        if (wantsJson(command)) printJson(found);
        else print(comparisonText(found));
      });
    });
}

export function comparisonText({ before, after, vms, leftOutVms }: SnapshotComparison): string {
  const rows = vms.map((vm) => [vm.vmName, ramText(vm), disksText(vm), changesText(vm)]);
  const rest = leftOutVms === 0 ? '' : `and ${leftOutVms} more VMs, which are not compared\n`;
  const head = `from ${namedSnapshot(before.name)} to ${namedSnapshot(after.name)}\n`;
  return `${head}${table(['VM', 'RAM', 'DISKS', 'CONFIGURATION'], rows)}${rest}`;
}

type ComparedVm = SnapshotComparison['vms'][number];

function ramText({ in: where, beforeRamBytes, afterRamBytes }: ComparedVm): string {
  if (where !== 'both') return `only ${where}`;
  const [before, after] = [beforeRamBytes, afterRamBytes].map((bytes) => (bytes === null ? 'none' : size(bytes)));
  return before === after ? `${before}` : `${before} -> ${after}`;
}

function disksText({ disks }: ComparedVm): string {
  const texts = disks.map(({ name, in: where, beforeMiB, afterMiB, changedBytes, uncounted }) => {
    if (where !== 'both') return `${name}: only ${where}`;
    const changed = changedText(changedBytes, uncounted);
    return beforeMiB === afterMiB ? `${name}: ${changed}` : `${name}: ${changed}, ${beforeMiB} -> ${afterMiB} MiB`;
  });
  return texts.join('; ') || '-';
}

function changedText(changedBytes: number | null, uncounted: string | undefined): string {
  if (changedBytes !== null) return changedBytes === 0 ? 'same' : `${fileSize(changedBytes)} differ`;
  return uncounted === undefined ? 'unknown' : `unknown (${termText('uncounted', uncounted)})`;
}

function changesText({ in: where, changes }: ComparedVm): string {
  if (where !== 'both') return '-';
  if (changes === null) return 'not recorded';
  const texts = changes.map(
    ({ property, before, after }) =>
      `${termText('change', property)}: ${valueText(property, before)} -> ${valueText(property, after)}`,
  );
  return texts.join('; ') || 'same';
}

function valueText(property: string, value: string): string {
  if (value === '') return '-';
  return property === 'memoryMiB' ? `${value} MiB` : value;
}
