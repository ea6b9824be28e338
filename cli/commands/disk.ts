// `tt disk list|add|attach|detach|remove|grow|limit` and `tt cd insert|eject`: disks and CD drives of one VM.
import type { NodeConnection } from '@tt/client/node';
import { CD_NAMES, type CdName, type DriveLimits, type Vm } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { printJson, table } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { limitsText } from './disk-text.ts';
import { bytesPerSecondFrom, type LimitOptions, limitsFrom, operationsPerSecondFrom } from './disk-values.ts';
import { wantsJson, withJson } from './json-option.ts';
import { diskMiBFrom, given, noWait, waitFrom } from './option-values.ts';
import { vmIdFor } from './vm-names.ts';
import { print } from '../terminal.ts';

type Call = (client: NodeConnection['client'], target: { vmId: string; operationId: string }) => Promise<Vm>;

export function addDiskCommands(program: Command): void {
  const disk = program.command('disk').description('disks of a VM; disk0 is the boot disk');
  addReader(disk);
  addMakers(disk);
  addPlugs(disk);
  addLimit(disk);
  addCdCommands(program);
}

function addReader(disk: Command): void {
  withJson(disk.command('list <vm>'))
    .description('list the disks and CD drives of a VM')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        printDrives(await connection.client.vm.show({ vmId }), wantsJson(command));
      });
    });
}

function addMakers(disk: Command): void {
  withJson(disk.command('add <vm> <MiB>'))
    .description('add an empty disk and attach it; the VM can be running')
    .option('--name <disk>', 'disk1 to disk8; default: the first free name')
    .option('--bps <bytes>', 'maximum bytes per second, e.g. 10M; 0: no limit', bytesPerSecondFrom)
    .option('--iops <n>', 'maximum reads and writes per second; 0: no limit', operationsPerSecondFrom)
    .action(async (vm: string, size: string, options: LimitOptions & { name?: string }, command: Command) => {
      const wanted = given({ name: options.name, limits: limitsFrom(options) ?? undefined });
      const sizeMiB = diskMiBFrom(size);
      await change(vm, command, (client, target) => client.disk.add({ ...target, sizeMiB, ...wanted }));
    });

  withJson(disk.command('grow <vm> <disk> <MiB>'))
    .description('enlarge a disk; the VM can be running')
    .action(async (vm: string, name: string, size: string, _options: unknown, command: Command) => {
      const sizeMiB = diskMiBFrom(size);
      await change(vm, command, (client, target) => client.disk.grow({ ...target, name, sizeMiB }));
    });

  withJson(disk.command('remove <vm> <disk>'))
    .description('delete a detached disk and its contents')
    .action(async (vm: string, name: string, _options: unknown, command: Command) => {
      await change(vm, command, (client, target) => client.disk.remove({ ...target, name }));
    });
}

function addPlugs(disk: Command): void {
  withJson(disk.command('attach <vm> <disk>'))
    .description('attach a detached disk')
    .action(async (vm: string, name: string, _options: unknown, command: Command) => {
      await change(vm, command, (client, target) => client.disk.attach({ ...target, name }));
    });

  withJson(disk.command('detach <vm> <disk>'))
    .description('detach a disk and keep it; a running guest must release it')
    .action(async (vm: string, name: string, _options: unknown, command: Command) => {
      await change(vm, command, (client, target) => client.disk.detach({ ...target, name }));
    });
}

function addLimit(disk: Command): void {
  withJson(disk.command('limit <vm> <disk>'))
    .description('limit the rate of a disk; removes limits that are not given')
    .option('--bps <bytes>', 'maximum bytes per second, e.g. 10M; 0: no limit', bytesPerSecondFrom)
    .option('--iops <n>', 'maximum reads and writes per second; 0: no limit', operationsPerSecondFrom)
    .action(async (vm: string, name: string, options: LimitOptions, command: Command) => {
      if (options.bps === undefined && options.iops === undefined) {
        throw new InvalidArgumentError('give a limit: --bps or --iops; 0 removes it.');
      }
      const limits: DriveLimits | null = limitsFrom(options);
      await change(vm, command, (client, target) => client.disk.limit({ ...target, name, limits }));
    });
}

function addCdCommands(program: Command): void {
  const cd = program.command('cd').description('CD drives of a VM: cd0 and cd1');

  withJson(cd.command('insert <vm> <medium>'))
    .description('insert a medium (an image of kind iso) into a drive')
    .option('--drive <name>', 'cd0 (default) or cd1', driveFrom, 'cd0')
    .addOption(noWait())
    .action(async (vm: string, medium: string, options: { drive: CdName; wait?: boolean }, command: Command) => {
      const wanted = { name: options.drive, medium, ...waitFrom(options) };
      await change(vm, command, (client, target) => client.cd.insert({ ...target, ...wanted }));
    });

  withJson(cd.command('eject <vm>'))
    .description('eject the medium, even if the guest has locked the drive')
    .option('--drive <name>', 'cd0 (default) or cd1', driveFrom, 'cd0')
    .action(async (vm: string, { drive }: { drive: CdName }, command: Command) => {
      await change(vm, command, (client, target) => client.cd.eject({ ...target, name: drive }));
    });
}

async function change(vmName: string, command: Command, call: Call): Promise<void> {
  await withServer(async (connection) => {
    const vmId = await vmIdFor(connection, vmName);
    const vm = await runOperation(connection, (operationId) => call(connection.client, { vmId, operationId }));
    printDrives(vm, wantsJson(command));
  });
}

function driveFrom(text: string): CdName {
  const found = CD_NAMES.find((name) => name === text);
  if (!found) throw new InvalidArgumentError(`"${text}" is not a CD drive; write ${CD_NAMES.join(' or ')}.`);
  return found;
}

function printDrives(vm: Vm, json: boolean): void {
  if (json) printJson(vm);
  else print(driveTable(vm));
}

function driveTable({ spec: { disks, cds } }: Vm): string {
  return table(
    ['DRIVE', 'SIZE MIB', 'STATE', 'LIMITS'],
    [
      ...disks.map(({ name, sizeMiB, attached, limits }) => [
        name,
        String(sizeMiB),
        attached ? 'attached' : 'detached',
        limitsText(limits),
      ]),
      ...cds.map(({ name, medium }) => [name, '-', medium ?? 'empty', '-']),
    ],
  );
}
