// `tt capsule export|import|show`: an ENV or a snapshot in one file.

import type { NodeConnection } from '@tt/client/node';
import { type CapsuleManifest, type EnvDetail, type Reason, reasonText, terms } from '@tt/protocol';
import type { Command } from 'commander';
import { printJson, size } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withSentFile } from '../send-file.ts';
import { withServer } from '../server-choice.ts';
import { exportTo } from './capsule-fetch.ts';
import { printDetail } from './env-text.ts';
import { wantsJson, withJson } from './json-option.ts';
import { type NewEnvOptions, newEnvFrom, withNewEnv } from './new-env-options.ts';
import { print } from '../terminal.ts';

interface ExportOptions {
  snapshot?: string;
  ram: boolean;
  force?: true;
}

interface ImportOptions extends NewEnvOptions {
  name?: string;
  ram: boolean;
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
    .option('--force', 'overwrite the file if it exists')
    .action(async (envName: string, file: string, options: ExportOptions, command: Command) => {
      const { snapshot = null, ram, force = false } = options;
      await withServer(async (connection) => {
        const of = { envName, snapshotName: snapshot, withRam: ram };
        const { sizeBytes, sha256 } = await exportTo(connection, of, file, { force });
        if (wantsJson(command)) printJson({ file, sizeBytes, sha256 });
        else print(`${file}: ${size(sizeBytes)}, sha256 ${sha256}\n`);
      });
    });

  withNewEnv(withJson(capsule.command('import <file>')))
    .description('create an ENV from a capsule; continues an interrupted upload')
    .option('--name <env>', 'name of the new ENV; default: the name in the capsule')
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
        const { manifest, ramProblem } = await withSentFile(connection, file, look, { keep: true });
        if (wantsJson(command)) printJson({ manifest, ramProblem });
        else print(manifestLines(manifest, ramProblem));
      });
    });
}

async function makeEnv(connection: NodeConnection, transferId: string, options: ImportOptions): Promise<EnvDetail> {
  const { client } = connection;
  const { ram: withRam, fenced = false } = options;
  const name = options.name ?? (await client.capsule.inspect({ transferId })).manifest.env.name;
  return runOperation(connection, (operationId) =>
    client.capsule.import({ operationId, transferId, name, withRam, fenced, ...newEnvFrom(options) }),
  );
}

function manifestLines({ env, vms, takenAt, machine }: CapsuleManifest, ramProblem: Reason | null): string {
  const ram = vms.some((vm) => vm.ram !== null);
  const memory = ram ? (ramProblem === null ? 'yes' : `yes, but ${reasonText(ramProblem, terms)}`) : 'no';
  return [
    `env:      ${env.name}${env.title === '' ? '' : ` (${env.title})`}`,
    `taken:    ${takenAt}`,
    `made on:  ${machine.engine}, ${machine.type}, ${machine.cpu}`,
    `memory:   ${memory}`,
    ...vms.map((vm) => `vm:       ${vm.name}, ${vm.image}, ${vm.disks.length} disks`),
    ...(env.notes === '' ? [] : [`notes:    ${env.notes}`]),
    '',
  ].join('\n');
}
