// `tt image warm|cool`: saves a running VM of an image, so that new VMs wake instead of booting, and deletes that again.
import { type Image, NICS_MAX } from '@tt/protocol';
import type { Command } from 'commander';
import { printJson, size } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { defaultOf, plainOptionsFrom, withPlainOptions } from './machine-options.ts';
import { diskMiBFrom, given, wholeNumber } from './option-values.ts';

interface WarmOptions {
  disk?: number;
  nics?: number;
}

export function addImageWarming(image: Command): void {
  withPlainOptions(withJson(image.command('warm <name>')), defaultOf)
    .description('boot a VM of an image and save it: new VMs that are the same wake from it instead of booting')
    .option('--disk <MiB>', 'boot disk; default: the size of the image', diskMiBFrom)
    .option('--nics <n>', 'how many NICs; default: 1', wholeNumber(1, NICS_MAX))
    .action(async (name: string, options: WarmOptions, command: Command) => {
      await withServer(async (connection) => {
        const wanted = { ...plainOptionsFrom(options), ...given({ diskMiB: options.disk, nicCount: options.nics }) };
        const made = await runOperation(connection, (operationId) =>
          connection.client.image.warm({ operationId, name, ...wanted }),
        );
        if (wantsJson(command)) printJson(made);
        else print(`${made.name} is warm: ${warmText(made.warm)}\n`);
      });
    });

  withJson(image.command('cool <name>'))
    .description('delete what new VMs of an image wake from: they boot again')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const cooled = await runOperation(connection, (operationId) =>
          connection.client.image.cool({ operationId, name }),
        );
        if (wantsJson(command)) printJson(cooled);
        else print(`${cooled.name} is not warm; its VMs boot\n`);
      });
    });
}

/** For people; `-` if the image is not warm. */
export function warmText(warm: Image['warm']): string {
  if (!warm) return '-';
  const { state, cpuCount, memoryMiB, nicCount, sizeBytes, useCount } = warm;
  if (state === 'making') return 'being made';
  const machine = `${cpuCount} cpu, ${memoryMiB} MiB memory, ${nicCount} ${nicCount === 1 ? 'NIC' : 'NICs'}`;
  return `${size(sizeBytes)} on disk, ${machine}; woken ${useCount} times`;
}
