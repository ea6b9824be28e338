// `tt image import|publish`: imports images and makes images of VMs, with their descriptions.
import path from 'node:path';
import type { NodeConnection } from '@tt/client/node';
import {
  type ImageSpec,
  type ImportSource,
  imageNameFor,
  importFormatSchema,
  isValidImageName,
  TtError,
} from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { printJson, size } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withSentFile } from '../send-file.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { plainReader } from './machine-options.ts';
import { collected } from '../repeated-options.ts';
import { given } from './option-values.ts';
import { vmIdFor } from './vm-names.ts';
import { print } from '../terminal.ts';

const features = ['vnc', 'serial', 'ssh', 'guestAgent', 'cloudInit'] as const;

interface RequestOptions {
  memo?: string;
  firmware?: 'bios' | 'uefi';
  login?: NonNullable<ImageSpec['defaultLogin']>;
  mem?: number;
  feature?: (typeof features)[number][];
}

interface ImportOptions extends RequestOptions {
  name?: string;
  sha256?: string;
  format?: (typeof importFormatSchema.options)[number];
  onHost?: boolean;
}

export function addImageMaking(image: Command): void {
  withRequests(withJson(image.command('import <source>')))
    .description('import an image from a file of this computer, or from an address (http, https)')
    .option('--name <name>', 'engine:os-version:variant; default: from the file name')
    .option('--sha256 <hex>', 'expected SHA-256 of the file')
    .option(
      '--format <format>',
      `for raw disks without partitions: ${importFormatSchema.options.join(', ')}`,
      formatFrom,
    )
    .option('--on-host', 'the source is a path on the agent’s host; administrators only')
    .action(async (source: string, options: ImportOptions, command: Command) => {
      await withServer(async (connection) => {
        const { sha256, format } = options;
        const name = options.name ?? imageNameFor(nameOf(source));
        await mustBeFreeName(connection, name);
        const request = { name, ...given({ sha256, format }), ...requestOf(options) };
        const made = await withSource(connection, source, options.onHost ?? false, (from) =>
          runOperation(connection, (operationId) =>
            connection.client.image.import({ operationId, source: from, ...request }),
          ),
        );
        if (wantsJson(command)) printJson(made);
        else print(`${made.name} is ready (${made.kind}, ${size(made.sizeBytes)})\n`);
      });
    });

  withRequests(withJson(image.command('publish <vm> <name>')))
    .description('make an image of a stopped VM, or of any VM at a snapshot')
    .option('--snapshot <name>', 'use the state at this snapshot')
    .action(async (vm: string, name: string, options: RequestOptions & { snapshot?: string }, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, vm);
        const made = await runOperation(connection, (operationId) =>
          connection.client.image.publish({
            operationId,
            vmId,
            name,
            ...given({ snapshotName: options.snapshot }),
            ...requestOf(options),
          }),
        );
        if (wantsJson(command)) printJson(made);
        else print(`${made.name} is ready (${size(made.sizeBytes)})\n`);
      });
    });
}

function withRequests(command: Command): Command {
  return command
    .option('--memo <text>', 'description, one sentence')
    .option('--firmware <kind>', 'firmware of its disk: bios or uefi', plainReader('firmware'))
    .option('--login <user[:password]>', 'how to log in; visible to everybody', loginFrom)
    .option('--mem <MiB>', 'minimum memory', plainReader('memoryMiB'))
    .option('--feature <name>', `features of the guest, repeatable: ${features.join(', ')}`, collected(featureFrom));
}

function requestOf({ memo, firmware, login, mem, feature }: RequestOptions): ImageSpec {
  return given({ memo, firmware, defaultLogin: login, minMemoryMiB: mem, features: feature });
}

/** Where the agent gets it from; a file of this computer is sent to it first, and checked there. */
async function withSource<Result>(
  connection: NodeConnection,
  source: string,
  onHost: boolean,
  use: (source: ImportSource) => Promise<Result>,
): Promise<Result> {
  if (/^https?:\/\//i.test(source)) return use({ kind: 'url', url: source });
  if (onHost) return use({ kind: 'file', path: source });
  return withSentFile(connection, source, (transferId) => use({ kind: 'upload', transferId }));
}

/** Gigabytes are not sent for a name that can't be had. Throws IMAGE_NAME_INVALID or IMAGE_NAME_TAKEN. */
async function mustBeFreeName({ client }: NodeConnection, imageName: string): Promise<void> {
  if (!isValidImageName(imageName)) throw new TtError('IMAGE_NAME_INVALID', { imageName });
  const { images } = await client.image.list();
  // One that only has a recipe is not there.
  if (
    images.some(
      ({ name, state, recipe }) => name === imageName && !(recipe && (state === 'absent' || state === 'failed')),
    )
  ) {
    throw new TtError('IMAGE_NAME_TAKEN', { imageName });
  }
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

function featureFrom(text: string): (typeof features)[number] {
  const found = features.find((name) => name === text);
  if (!found) throw new InvalidArgumentError(`write ${features.join(', ')}.`);
  return found;
}

/** `user` logs in by key; `user:password` by both. */
function loginFrom(text: string): NonNullable<ImageSpec['defaultLogin']> {
  const colon = text.indexOf(':');
  const [user, password] = colon < 0 ? [text, null] : [text.slice(0, colon), text.slice(colon + 1)];
  if (user === '') throw new InvalidArgumentError('write user or user:password.');
  return { user, password };
}
