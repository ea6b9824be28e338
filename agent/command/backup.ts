// `tt-agent backup` and `tt-agent restore`: the state of one host as one file, and back.
import path from 'node:path';
import { print, printError, writeOutput } from '@tt/client/node';
import { quoted, reason, TtError } from '@tt/protocol';
import type { BackupManifest } from '../backup/backup-form.ts';
import { restoreBackup } from '../backup/restore.ts';
import { backUp, backUpToFile } from '../backup/write-backup.ts';
import type { AgentConfig } from '../config.ts';
import { endWithWords } from './ending.ts';

const NOT_IN_IT =
  'Disks, snapshots of disks and images are not in it: copy them as "Backup" in the admin guide describes, or export ENVs with "tt capsule export".\n';

/** `file`: a path, or `-` for standard output. */
export function writeBackup(
  file: string,
  { force = false, audit }: { force?: boolean; audit: boolean },
  read: () => Promise<AgentConfig>,
): Promise<void> {
  return endWithWords(async () => {
    const config = await read();
    if (file === '-') {
      if (process.stdout.isTTY) throw new TtError('FILE_UNUSABLE', { file, reason: reason('isTerminal') });
      // Told to each write, too; without a listener it would end the process before that is said.
      process.stdout.on('error', () => {});
      printError(
        `The backup has ${countsOf(await backUp(config, { withAudit: audit, write: toStandardOutput }))}.\n${NOT_IN_IT}`,
      );
      return;
    }
    const manifest = await backUpToFile(config, path.resolve(file), { force, withAudit: audit });
    print(`${file} has ${countsOf(manifest)}.\n`);
    printError(NOT_IN_IT);
  });
}

export function restoreFrom(file: string, read: () => Promise<AgentConfig>): Promise<void> {
  return endWithWords(async () => {
    const config = await read();
    const restored = await restoreBackup(path.resolve(file), config);
    if (restored === null) {
      print(`An earlier restore into ${config.home} was interrupted; it is complete now. ${file} was not used.\n`);
      return;
    }
    const { manifest, configuration, missingImages, expiredEnvs } = restored;
    print(`${config.home} has ${countsOf(manifest)}, as on ${manifest.hostName} at ${manifest.createdAt}.\n`);
    print('VMs whose disks are not there when the agent starts are shown as failed with VM_DISK_MISSING.\n');
    if (missingImages.length > 0) print(`Images that were there and are not here: ${missingImages.join(', ')}.\n`);
    if (expiredEnvs.length > 0)
      print(`These have expired; the agent applies their end policy when it starts: ${expiredEnvs.join(', ')}.\n`);
    if (configuration !== null)
      print(`The configuration of that host is in ${configuration}; nothing reads it there.\n`);
  });
}

function countsOf({ envs, vms }: Pick<BackupManifest, 'envs' | 'vms'>): string {
  return `${envs} ${envs === 1 ? 'ENV' : 'ENVs'} with ${vms} ${vms === 1 ? 'VM' : 'VMs'}`;
}

/** Rejects with FILE_UNUSABLE when nobody reads it any more. */
async function toStandardOutput(bytes: Uint8Array): Promise<void> {
  try {
    await writeOutput(bytes);
  } catch (error) {
    const why = quoted('reported', (error as Error).message);
    throw new TtError('FILE_UNUSABLE', { file: '-', reason: why }, { cause: error });
  }
}
