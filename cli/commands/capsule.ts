// `tt capsule export|import|show`: an ENV or a snapshot in one file.

import type { NodeConnection } from '@tt/client/node';
import { type EnvDetail, RECORDINGS_MAX } from '@tt/protocol';
import type { Command } from 'commander';
import { printJson, size } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withSentFile } from '../send-file.ts';
import { withServer } from '../server-choice.ts';
import { exportTo, type KeptRecording } from './capsule-fetch.ts';
import { hasMemory, type Inside, manifestLines } from './capsule-text.ts';
import { openRecordings, tooManyRecordings } from '../recordings-to-send.ts';
import { collected } from '../repeated-options.ts';
import { printDetail } from './env-text.ts';
import { wantsJson, withJson } from './json-option.ts';
import { type NewEnvOptions, newEnvFrom, withNewEnv } from './new-env-options.ts';
import { print, printError } from '../terminal.ts';

interface ExportOptions {
  snapshot?: string;
  ram: boolean;
  recording?: string[];
  /** `--keep-recordings`. */
  keepRecordings?: true;
  /** `--without-keys`. */
  withoutKeys?: true;
  force?: true;
}

interface ImportOptions extends NewEnvOptions {
  name?: string;
  /** Default: whether it was made there by this user. */
  ram?: boolean;
  fenced?: boolean;
}

export function addCapsuleCommands(program: Command): void {
  const capsule = program.command('capsule').description('an ENV or a snapshot in one file, for another TT');

  withJson(capsule.command('export <env> <file>'))
    .description(
      'pack the present state of an ENV, or one of its snapshots, into a file; continues an interrupted export',
    )
    .option('--snapshot <name>', 'this snapshot instead of the present state')
    .option('--no-ram', 'without memory: smaller, and the VMs boot from their disks')
    .option(
      '--recording <file>',
      'a recorded screen (.ttrec) that shows how it came to this state; repeatable',
      collected(String),
    )
    .option('--keep-recordings', 'with the recorded screens the ENV was imported with')
    .option('--without-keys', 'leave the keys that were pressed out of the recordings: passwords are among them')
    .option('--force', 'overwrite the file if it exists')
    .action(async (envName: string, file: string, options: ExportOptions, command: Command) => {
      const { snapshot = null, ram, recording = [], withoutKeys = false, force = false } = options;
      const { keepRecordings = false } = options;
      await using opened = await openRecordings(recording, { withoutKeys });
      const { recordings } = opened;
      for (const { fileName } of recordings.filter(({ facts }) => facts.hasKeys)) printError(keysWarning(fileName));
      await withServer(async (connection) => {
        const kept = keepRecordings ? await keptRecordings(connection, envName, withoutKeys) : [];
        const tooMany = recordings[RECORDINGS_MAX - kept.length];
        if (tooMany !== undefined) throw tooManyRecordings(tooMany.fileName);
        const of = {
          envName,
          snapshotName: snapshot,
          withRam: ram,
          recordings: [...recordings.map(({ identity }) => identity), ...kept.map((one) => JSON.stringify(one))],
        };
        const { sizeBytes, sha256 } = await exportTo(connection, of, file, { force, recordings, kept });
        if (wantsJson(command)) printJson({ file, sizeBytes, sha256 });
        else print(`${file}: ${size(sizeBytes)}, sha256 ${sha256}\n`);
      });
    });

  withNewEnv(withJson(capsule.command('import <file>')))
    .description('create an ENV from a capsule; continues an interrupted upload')
    .option('--name <env>', 'name of the new ENV; default: the name in the capsule')
    .option('--ram', 'with memory, even of a capsule made elsewhere; only if you trust whoever made it')
    .option('--no-ram', 'without memory: the VMs are created stopped')
    .option('--fenced', 'keep the addresses of the guests, in an isolated network')
    .action(async (file: string, options: ImportOptions, command: Command) => {
      await withServer(async (connection) => {
        const detail = await withSentFile(connection, file, (transferId) => makeEnv(connection, transferId, options));
        printDetail(detail, wantsJson(command));
      });
    });

  withJson(capsule.command('show <file>'))
    .description('show the contents of a capsule; uploads it, and keeps the upload for an import')
    .action(async (file: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const look = (transferId: string) => connection.client.capsule.inspect({ transferId });
        const inside = await withSentFile(connection, file, look, { keep: true });
        if (wantsJson(command)) printJson(inside);
        else print(manifestLines(inside));
      });
    });
}

/** Those the ENV was imported with. */
async function keptRecordings(
  { client }: NodeConnection,
  name: string,
  withoutKeys: boolean,
): Promise<KeptRecording[]> {
  const { recordings = [] } = (await client.env.show({ name })).env;
  if (!withoutKeys) for (const one of recordings.filter(({ hasKeys }) => hasKeys)) printError(keysWarning(one.name));
  return recordings.map(({ id: recordingId }) => ({ recordingId, withoutKeys }));
}

function keysWarning(fileName: string): string {
  return `warning: the keys that were pressed are in ${fileName}, and passwords if any were typed; --without-keys leaves them out\n`;
}

async function makeEnv(connection: NodeConnection, transferId: string, options: ImportOptions): Promise<EnvDetail> {
  const { client } = connection;
  const { ram: withRam, fenced = false } = options;
  const inside = await client.capsule.inspect({ transferId });
  warnOfMemory(inside, withRam);
  const name = options.name ?? inside.manifest.env.name;
  return runOperation(connection, (operationId) =>
    client.capsule.import({
      operationId,
      transferId,
      name,
      fenced,
      ...(withRam !== undefined && { withRam }),
      ...newEnvFrom(options),
    }),
  );
}

function warnOfMemory({ manifest, madeHere }: Inside, withRam: boolean | undefined): void {
  if (madeHere || withRam === false || !hasMemory(manifest)) return;
  const why = 'you did not export this capsule here, and manipulated memory can attack the program that runs the VM';
  if (withRam) printError(`warning: loading its memory: ${why}\n`);
  else printError(`not loading its memory: ${why}. If you trust whoever made it, import it with --ram.\n`);
}
