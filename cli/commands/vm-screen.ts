// `tt vm screenshot|type` and `tt snapshot screenshot`: pictures of screens as files, and the keyboard of a guest.
import { writeFile } from 'node:fs/promises';
import { type KeyboardLayout, keyboardLayouts, TtError } from '@tt/protocol';
import { type Command, Option } from 'commander';
import { mustBeFree } from '../local-file.ts';
import { printJson } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { portionsOf, strokesOf } from '../typed-text.ts';
import { wantsJson, withJson } from './json-option.ts';
import { vmIdFor, vmIdsFor } from './vm-names.ts';

interface FileOptions {
  force?: true;
}
interface TypeOptions {
  enter?: true;
  layout: KeyboardLayout;
}
interface Picture {
  takenAt: string;
  dataBase64: string;
}

export function addVmScreen(vm: Command): void {
  withJson(vm.command('screenshot <vm> <file>'))
    .description('save the screen of a running VM as a PNG file')
    .option('--force', 'overwrite the file')
    .action(async (name: string, file: string, options: FileOptions, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        await save(() => connection.client.vm.screenshot({ vmId }), file, options, wantsJson(command));
      });
    });

  withJson(vm.command('type <vm> <text>'))
    .description('type text on the keyboard of a VM')
    .option('--enter', 'press Enter at the end')
    .addOption(new Option('--layout <name>', 'the keyboard layout of the guest').choices(keyboardLayouts).default('us'))
    .action(async (name: string, text: string, options: TypeOptions, command: Command) => {
      const { enter, layout } = options;
      const portions = portionsOf(strokesOf(enter ? `${text}\n` : text, layout));
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        let typed = 0;
        for (const strokes of portions) {
          const { typed: done } = await connection.client.console.type({ vmId, strokes });
          typed += done;
          if (done < strokes.length) throw new TtError('KEYBOARD_NOT_READ', { vmName: name, typed });
        }
        if (wantsJson(command)) printJson({ typed });
      });
    });
}

export function addSnapshotScreen(snapshot: Command): void {
  withJson(snapshot.command('screenshot <env> <name> <vm> <file>'))
    .description('save the screen of a VM at the time of a snapshot as a PNG file')
    .option('--force', 'overwrite the file')
    .action(async (envName: string, name: string, vm: string, file: string, options: FileOptions, command: Command) => {
      await withServer(async (connection) => {
        const [vmId = vm] = (await vmIdsFor(connection, envName, [vm])) ?? [];
        await save(
          () => connection.client.snapshot.thumbnail({ envName, name, vmId }),
          file,
          options,
          wantsJson(command),
        );
      });
    });
}

/** Looks at the file first: nothing is asked for that could not be written. */
async function save(take: () => Promise<Picture>, file: string, options: FileOptions, json: boolean): Promise<void> {
  await mustBeFree(file, options);
  const { takenAt, dataBase64 } = await take();
  const bytes = Buffer.from(dataBase64, 'base64');
  await writeFile(file, bytes, { flag: options.force ? 'w' : 'wx' });
  if (json) printJson({ file, takenAt, sizeBytes: bytes.length });
  else print(`${file}: ${bytes.length} bytes, taken ${takenAt}\n`);
}
