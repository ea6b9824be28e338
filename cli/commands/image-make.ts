// `tt image import|publish`: images from elsewhere and of VMs, with what is to be known about them.
import { createHash, randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { uploadFile } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { type ImageWish, type ImportSource, imageNameFor, importFormatSchema } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { printJson, size } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { collected, given, memoryMiBFrom } from './option-values.ts';
import { vmIdFor } from './vm-names.ts';

const features = ['vnc', 'serial', 'ssh', 'guestAgent', 'cloudInit'] as const;

interface WishOptions {
  memo?: string;
  firmware?: 'bios' | 'uefi';
  login?: NonNullable<ImageWish['defaultLogin']>;
  mem?: number;
  feature?: (typeof features)[number][];
}

interface ImportOptions extends WishOptions {
  name?: string;
  sha256?: string;
  format?: (typeof importFormatSchema.options)[number];
  onHost?: boolean;
}

export function addImageMaking(image: Command): void {
  withWishes(withJson(image.command('import <source>')))
    .description('make an image of a file of this computer, or of an address (http, https)')
    .option('--name <name>', 'engine:os-version:variant; default: after the file')
    .option('--sha256 <hex>', 'what the file must have')
    .option(
      '--format <format>',
      `for raw disks without partitions: ${importFormatSchema.options.join(', ')}`,
      formatFrom,
    )
    .option('--on-host', 'the source is a path on the agent’s host (administrators)')
    .action(async (source: string, options: ImportOptions, command: Command) => {
      await withServer(async (connection) => {
        const { sha256, format } = options;
        const name = options.name ?? imageNameFor(nameOf(source));
        const from = await sourceFor(connection, source, options.onHost ?? false);
        const made = await runOperation(connection, (operationId) =>
          connection.client.image.import({
            operationId,
            name,
            source: from,
            ...given({ sha256, format }),
            ...wishOf(options),
          }),
        );
        if (wantsJson(command)) printJson(made);
        else process.stdout.write(`${made.name} is ready (${made.kind}, ${size(made.sizeBytes)})\n`);
      });
    });

  withWishes(withJson(image.command('publish <vm> <name>')))
    .description('make an image of a stopped VM, or of any VM as it was at a snapshot')
    .option('--snapshot <name>', 'as it was then')
    .action(async (vm: string, name: string, options: WishOptions & { snapshot?: string }, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, vm);
        const made = await runOperation(connection, (operationId) =>
          connection.client.image.publish({
            operationId,
            vmId,
            name,
            ...given({ snapshotName: options.snapshot }),
            ...wishOf(options),
          }),
        );
        if (wantsJson(command)) printJson(made);
        else process.stdout.write(`${made.name} is ready (${size(made.sizeBytes)})\n`);
      });
    });
}

function withWishes(command: Command): Command {
  return command
    .option('--memo <text>', 'one sentence about it')
    .option('--firmware <kind>', 'what its disk boots by: bios or uefi', firmwareFrom)
    .option('--login <user[:password]>', 'how to log in; everybody sees it', loginFrom)
    .option('--mem <MiB>', 'the least memory it needs', memoryMiBFrom)
    .option(
      '--feature <name>',
      `what the guest brings (several times): ${features.join(', ')}`,
      collected(featureFrom),
    );
}

function wishOf({ memo, firmware, login, mem, feature }: WishOptions): ImageWish {
  return given({ memo, firmware, defaultLogin: login, minMemoryMiB: mem, features: feature });
}

/** A file of this computer is sent to the agent first, checked there. */
async function sourceFor(connection: NodeConnection, source: string, onHost: boolean): Promise<ImportSource> {
  if (/^https?:\/\//i.test(source)) return { kind: 'url', url: source };
  if (onHost) return { kind: 'file', path: source };
  await using file = await open(source, 'r').catch((error: Error) => {
    throw new InvalidArgumentError(`${source} can’t be read: ${error.message}`);
  });
  const { size: sizeBytes } = await file.stat();
  const upload = {
    fileName: path.basename(source),
    sizeBytes,
    async read(offset: number, length: number) {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    },
  };
  const hash = () => {
    const running = createHash('sha256');
    return { update: (bytes: Uint8Array) => void running.update(bytes), hex: () => running.digest('hex') };
  };
  const clear = '\r\u001b[2K';
  const onProgress = (done: number, total: number) => {
    if (process.stderr.isTTY) process.stderr.write(`${clear}Sending ${Math.floor((done / total) * 100)} % ...`);
  };
  const { id: transferId } = await uploadFile(connection.client, upload, randomUUID(), { hash, onProgress });
  if (process.stderr.isTTY) process.stderr.write(clear);
  return { kind: 'upload', transferId };
}

function nameOf(source: string): string {
  const url = URL.parse(source);
  return path.posix.basename(url?.protocol.startsWith('http') ? url.pathname : source.replaceAll('\\', '/'));
}

function formatFrom(text: string): (typeof importFormatSchema.options)[number] {
  const format = importFormatSchema.safeParse(text);
  if (!format.success) throw new InvalidArgumentError(`write ${importFormatSchema.options.join(', ')}.`);
  return format.data;
}

function firmwareFrom(text: string): 'bios' | 'uefi' {
  if (text !== 'bios' && text !== 'uefi') throw new InvalidArgumentError('write bios or uefi.');
  return text;
}

function featureFrom(text: string): (typeof features)[number] {
  const found = features.find((name) => name === text);
  if (!found) throw new InvalidArgumentError(`write ${features.join(', ')}.`);
  return found;
}

/** `user` logs in by key; `user:password` by both. */
function loginFrom(text: string): NonNullable<ImageWish['defaultLogin']> {
  const colon = text.indexOf(':');
  const [user, password] = colon < 0 ? [text, null] : [text.slice(0, colon), text.slice(colon + 1)];
  if (user === '') throw new InvalidArgumentError('write user or user:password.');
  return { user, password };
}
