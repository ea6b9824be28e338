// `tt capsule export|import|show`: an ENV or a snapshot as one file. What was cut off goes on where it was when the same command
// is given again: beside a half-fetched file lies `<file>.part`, beside a half-sent one `<file>.upload`.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkArrived, downloadChunks, type TransferOptions, uploadFile } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { type CapsuleManifest, type Transfer, TtError } from '@tt/protocol';
import type { Command } from 'commander';
import { printJson, size } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { printDetail } from './env-text.ts';
import { wantsJson, withJson } from './json-option.ts';
import { lifetimeFrom } from './option-values.ts';

interface ExportOptions {
  snapshot?: string;
  ram: boolean;
}

interface ImportOptions {
  name?: string;
  ram: boolean;
  fenced?: boolean;
  lifeTime?: number;
}

const nodeHash = () => {
  const hash = createHash('sha256');
  return { update: (bytes: Uint8Array) => void hash.update(bytes), hex: () => hash.digest('hex') };
};

export function addCapsuleCommands(program: Command): void {
  const capsule = program.command('capsule').description('an ENV or a snapshot as one file, for another TT');

  withJson(capsule.command('export <env> <file>'))
    .description('pack an ENV as it is, or one of its snapshots, into a file; goes on with one that was cut off')
    .option('--snapshot <name>', 'this snapshot instead of the ENV as it is')
    .option('--no-ram', 'disks only: smaller, and its VMs start from their disks')
    .action(async (envName: string, file: string, options: ExportOptions, command: Command) => {
      await withServer(async (connection) => {
        const transfer = await exportTo(connection, envName, file, options);
        const { fileName: _fileName, ...about } = transfer;
        if (wantsJson(command)) printJson({ file, sizeBytes: about.sizeBytes, sha256: about.sha256 });
        else process.stdout.write(`${file}: ${size(about.sizeBytes)}, sha256 ${about.sha256}\n`);
      });
    });

  withJson(capsule.command('import <file>'))
    .description('make an ENV of a capsule; goes on with sending one that was cut off')
    .option('--name <env>', 'name of the new ENV; default: as in the capsule')
    .option('--no-ram', 'leave its memory out: its VMs are there, stopped')
    .option('--fenced', 'the guests keep their addresses, in a network that nothing leads in or out of')
    .option('--life-time <time>', 'until it ends: seconds, or like 90m or 2h', lifetimeFrom)
    .action(async (file: string, options: ImportOptions, command: Command) => {
      await withServer(async (connection) => {
        const { transferId, manifest } = await sent(connection, file);
        const detail = await runOperation(connection, (operationId) =>
          connection.client.capsule.import({
            operationId,
            transferId,
            name: options.name ?? manifest.env.name,
            withRam: options.ram,
            fenced: options.fenced ?? false,
            ...(options.lifeTime !== undefined && { lifetimeS: options.lifeTime }),
          }),
        );
        await rm(`${file}.upload`, { force: true });
        printDetail(detail, wantsJson(command));
      });
    });

  withJson(capsule.command('show <file>'))
    .description('say what is in a capsule; it is sent for that, and stays for an import')
    .action(async (file: string, _options: unknown, command: Command) => {
      await withServer(async (connection) => {
        const { manifest, ramProblem } = await sent(connection, file);
        if (wantsJson(command)) printJson({ manifest, ramProblem });
        else process.stdout.write(manifestLines(manifest, ramProblem));
      });
    });
}

async function exportTo(
  connection: NodeConnection,
  envName: string,
  file: string,
  options: ExportOptions,
): Promise<Transfer> {
  const part = `${file}.part`;
  const note = `${part}.json`;
  const transfer = (await knownDownload(connection, note)) ?? (await packed(connection, envName, options));
  await writeFile(note, JSON.stringify({ id: transfer.id }));
  const target = await open(part, 'a+', 0o600);
  try {
    const hash = nodeHash();
    const have = (await target.stat()).size;
    if (have > transfer.sizeBytes) await target.truncate(0);
    const from = have > transfer.sizeBytes ? 0 : have;
    if (from > 0) for await (const piece of createReadStream(part, { end: from - 1 })) hash.update(piece as Buffer);
    for await (const piece of downloadChunks(connection.client, transfer, from, showing('fetching'))) {
      hash.update(piece);
      await target.appendFile(piece);
    }
    await target.sync();
    try {
      checkArrived(transfer, hash.hex());
    } catch (error) {
      // Damaged bytes are not to be gone on with.
      await target.truncate(0);
      throw error;
    }
  } finally {
    await target.close();
  }
  await rename(part, file);
  await rm(note, { force: true });
  await connection.client.transfer.drop({ transferId: transfer.id });
  return transfer;
}

async function packed(connection: NodeConnection, envName: string, options: ExportOptions): Promise<Transfer> {
  const { transfer } = await runOperation(connection, (operationId) =>
    connection.client.capsule.export({
      operationId,
      envName,
      withRam: options.ram,
      ...(options.snapshot !== undefined && { snapshotName: options.snapshot }),
    }),
  );
  return transfer;
}

/** The one an earlier try was fetching, if the agent still has it. */
async function knownDownload({ client }: NodeConnection, note: string): Promise<Transfer | null> {
  const known = await readNote(note);
  if (known === null) return null;
  const found = await client.transfer.status({ transferId: known }).catch(notFoundIsNull);
  if (found) return found;
  await rm(note.replace(/\.json$/, ''), { force: true });
  return null;
}

/** Sends a file, or goes on with sending it, and looks into it. */
async function sent(
  connection: NodeConnection,
  file: string,
): Promise<{ transferId: string; manifest: CapsuleManifest; ramProblem: string | null }> {
  const { client } = connection;
  const note = `${file}.upload`;
  const transferId = (await readNote(note)) ?? randomUUID();
  await writeFile(note, JSON.stringify({ id: transferId }));
  const source = await open(file, 'r');
  try {
    const { size: sizeBytes } = await stat(file);
    const read = async (offset: number, length: number) => {
      const { buffer, bytesRead } = await source.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    const whole = { fileName: path.basename(file), sizeBytes, read };
    const transfer = await uploadFile(client, whole, transferId, showing('sending'));
    // Another file of that name was begun before: this one has an id of its own.
    if (transfer.id !== transferId) await writeFile(note, JSON.stringify({ id: transfer.id }));
    return { transferId: transfer.id, ...(await client.capsule.inspect({ transferId: transfer.id })) };
  } finally {
    await source.close();
  }
}

async function readNote(note: string): Promise<string | null> {
  try {
    const { id } = JSON.parse(await readFile(note, 'utf8')) as { id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function notFoundIsNull(error: unknown): null {
  if (error instanceof TtError && error.code === 'TRANSFER_NOT_FOUND') return null;
  throw error;
}

/** On a terminal, how far it is. */
function showing(what: string): TransferOptions {
  if (!process.stderr.isTTY) return { hash: nodeHash };
  return {
    hash: nodeHash,
    onProgress: (done, total) => {
      process.stderr.write(`\r\u001b[2K${done === total ? '' : `${what} ${size(done)} of ${size(total)} ...`}`);
    },
  };
}

function manifestLines({ env, vms, takenAt, machine }: CapsuleManifest, ramProblem: string | null): string {
  const ram = vms.some((vm) => vm.ram !== null);
  const memory = ram ? (ramProblem === null ? 'yes' : `yes, but ${ramProblem}`) : 'no';
  return [
    `env:      ${env.name}${env.title === '' ? '' : ` (${env.title})`}`,
    `taken:    ${takenAt}`,
    `made on:  ${machine.engine}, ${machine.type}, ${machine.cpu}`,
    `memory:   ${memory}`,
    ...vms.map((vm) => `vm:       ${vm.name}, ${vm.config.image}, ${vm.disks.length} disks`),
    ...(env.notes === '' ? [] : [`notes:    ${env.notes}`]),
    '',
  ].join('\n');
}
