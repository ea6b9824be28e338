// `tt vm list|show|start|pause|resume|stop|reset|del|update`: one VM, named `<env>/<os>-<n>` or by its id.
import { wholeEnv } from '@tt/client';
import type { Vm } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { firstPicture } from '../first-picture.ts';
import { confirmed, withYes } from '../confirm.ts';
import { printJson } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { addVmCloneCommand } from './fork.ts';
import { addVmFiles } from './guest-files.ts';
import { wantsJson, withJson } from './json-option.ts';
import { addVmForward } from './vm-forward.ts';
import { wholeNumber } from './option-values.ts';
import { type VmChangeOptions, vmChangeFrom, withVmChange } from './vm-change-options.ts';
import { addVmCloudInit } from './vm-cloud-init.ts';
import { addVmHealth } from './vm-health.ts';
import { addVmPorts } from './vm-ports.ts';
import { vmIdFor } from './vm-names.ts';
import { addVmKeyboard } from './vm-keyboard.ts';
import { addVmScreen } from './vm-screen.ts';
import { addVmShell } from './vm-shell.ts';
import { vmLines, vmTable } from './vm-text.ts';
import { print } from '../terminal.ts';

export function addVmCommands(program: Command): void {
  const vm = program.command('vm').description('VMs, named <env>/<os>-<n> or by id');
  addReaders(vm);
  addLife(vm);
  addChangers(vm);
  addVmCloneCommand(vm);
  addVmCloudInit(vm);
  addVmHealth(vm);
  addVmPorts(vm);
  addVmScreen(vm);
  addVmKeyboard(vm);
  addVmShell(vm);
  addVmForward(vm);
  addVmFiles(vm);
}

function addReaders(vm: Command): void {
  withJson(vm.command('list [env]'))
    .description('list the VMs of an ENV, or all')
    .action(async (envName: string | undefined, _options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const { vms } = envName === undefined ? await firstPicture(client) : await wholeEnv(client, envName);
        if (wantsJson(command)) printJson({ vms });
        else print(vmTable(vms));
      });
    });

  withJson(vm.command('show <vm>'))
    .description('show a VM with its NICs and ports')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        printVm(await connection.client.vm.show({ vmId }), wantsJson(command));
      });
    });
}

function addLife(vm: Command): void {
  withJson(vm.command('start <vm>'))
    .description('start a stopped or failed VM')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        const started = await runOperation(connection, (operationId) =>
          connection.client.vm.start({ vmId, operationId }),
        );
        printVm(started, wantsJson(command));
      });
    });

  withJson(vm.command('pause <vm>'))
    .description('pause a running VM until it is resumed; its memory stays allocated')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        const paused = await runOperation(connection, (operationId) =>
          connection.client.vm.pause({ vmId, operationId }),
        );
        printVm(paused, wantsJson(command));
      });
    });

  withJson(vm.command('resume <vm>'))
    .description('resume a paused VM, e.g. after the disk of the host was full')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        const resumed = await runOperation(connection, (operationId) =>
          connection.client.vm.resume({ vmId, operationId }),
        );
        printVm(resumed, wantsJson(command));
      });
    });

  withJson(vm.command('stop <vm>'))
    .description('stop a VM: frees CPU and memory, keeps disks and ports')
    .option('--grace <s>', 'seconds for the guest to power off before it is forced off', wholeNumber(0, 300), 10)
    .action(async (name: string, { grace }: { grace: number }, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        const stopped = await runOperation(connection, (operationId) =>
          connection.client.vm.stop({ vmId, operationId, graceS: grace }),
        );
        printVm(stopped, wantsJson(command));
      });
    });

  withJson(vm.command('reset <vm>'))
    .description('press the reset button of a VM')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        const reset = await runOperation(connection, (operationId) =>
          connection.client.vm.reset({ vmId, operationId }),
        );
        printVm(reset, wantsJson(command));
      });
    });
}

function addChangers(vm: Command): void {
  withJson(withVmChange(vm.command('update <vm>')))
    .description('change size, ports, blacklist, bandwidth, firmware or boot order; other settings do not change')
    .action(async (name: string, options: VmChangeOptions, command: Command) => {
      const change = vmChangeFrom(options);
      if (!change)
        throw new InvalidArgumentError('give at least one change, e.g. --cpu or --disk; see "tt vm update --help".');
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        const changed = await runOperation(connection, (operationId) =>
          connection.client.vm.update({ vmId, operationId, ...change }),
        );
        printVm(changed, wantsJson(command));
      });
    });

  withYes(withJson(vm.command('del <vm>')))
    .description('delete a VM and its part of every snapshot')
    .action(async (name: string, _options: unknown, command: Command) => {
      await confirmed(`Delete ${name} and its part of every snapshot?`, 'vm.delete', command);
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        const gone = await runOperation(connection, (operationId) =>
          connection.client.vm.delete({ vmId, operationId }),
        );
        if (wantsJson(command)) printJson(gone);
        else print(`${name} is deleted\n`);
      });
    });
}

function printVm(vm: Vm, json: boolean): void {
  if (json) printJson(vm);
  else print(vmLines(vm));
}
