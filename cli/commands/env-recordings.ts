// `tt env recordings`: the recorded screens that an ENV was imported with, and one of them as a file, to be played in the window.
import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { clockText } from '@tt/client/recordings';
import { asFileProblem, type NodeConnection } from '@tt/client/node';
import { type EnvRecording, reason, TtError } from '@tt/protocol';
import type { Command } from 'commander';
import { mustBeFree } from '../local-file.ts';
import { printJson, size, table } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';

export function addEnvRecordings(env: Command): void {
  withJson(env.command('recordings <env> [recording] [file]'))
    .description('list the recorded screens an imported ENV came with, or save one, by its name or id, to a file')
    .option('--force', 'overwrite the file if it exists')
    .action(
      async (
        envName: string,
        wanted: string | undefined,
        file: string | undefined,
        { force = false }: { force?: boolean },
        command: Command,
      ) => {
        if (wanted !== undefined && file === undefined) command.error("error: missing required argument 'file'");
        await withServer(async (connection) => {
          const { recordings = [] } = (await connection.client.env.show({ name: envName })).env;
          if (wanted === undefined || file === undefined) {
            if (wantsJson(command)) printJson({ recordings });
            else print(recordingTable(recordings));
            return;
          }
          const found = recordings.find(({ id }) => id === wanted) ?? recordings.find(({ name }) => name === wanted);
          if (!found) throw new TtError('RECORDING_NOT_FOUND', { envName, recordingId: wanted });
          await mustBeFree(file, { force });
          await save(connection, envName, found, file);
          if (wantsJson(command)) printJson({ file, sizeBytes: found.sizeBytes, sha256: found.sha256 });
          else print(`${file}: ${size(found.sizeBytes)}\n`);
        });
      },
    );
}

function recordingTable(recordings: readonly EnvRecording[]): string {
  const rows = recordings.map(({ name, vmName, startedAt, lengthMs, sizeBytes, hasKeys }) => [
    name,
    vmName,
    startedAt,
    clockText(lengthMs),
    size(sizeBytes),
    hasKeys ? 'yes' : 'no',
  ]);
  return table(['NAME', 'VM', 'STARTED', 'LENGTH', 'SIZE', 'KEYS'], rows);
}

/** The file is there when it is whole. Others can’t read it: what was typed may be in it. */
async function save(
  { client }: NodeConnection,
  name: string,
  { id: recordingId, sizeBytes, sha256 }: EnvRecording,
  file: string,
): Promise<void> {
  const part = `${file}.part`;
  const hash = createHash('sha256');
  const handle = await open(part, 'w', 0o600).catch((error: unknown) => {
    throw asFileProblem(error);
  });
  try {
    for (let offset = 0; offset < sizeBytes; ) {
      const { dataBase64 } = await client.env.readRecording({ name, recordingId, offset });
      const piece = Buffer.from(dataBase64, 'base64');
      if (piece.length === 0) break;
      hash.update(piece);
      await handle.appendFile(piece);
      offset += piece.length;
    }
    if (hash.digest('hex') !== sha256) throw new TtError('FILE_UNUSABLE', { file, reason: reason('recordingBroken') });
    await handle.sync();
    await handle.close();
    await rename(part, file);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(part, { force: true });
    throw error;
  }
}
