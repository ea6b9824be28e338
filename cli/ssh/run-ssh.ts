// Starts the user's OpenSSH for one VM, with TT's configuration and no other, and says what went wrong where ssh only gives up.
import { open, rm } from 'node:fs/promises';
import { readIfThere } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { runInForeground, type Streams } from '../start-program.ts';
import { printError } from '../terminal.ts';
import { hostNamesOf } from './ssh-config.ts';

/** What ssh exits with when it is not the command's own code (ssh(1)). */
const FAILED_ITSELF = 255;

export interface SshRun {
  /** Of the VM: `demo/tiny-2-1`. */
  vmName: string;
  /** Files of `SshFolder`. */
  config: string;
  log: string;
  /** Empty: a shell. */
  command: readonly string[];
}

/**
 * Resolves with the exit code of the command, or 255 where ssh gave up, after printing what it said. Rejects with
 * SSH_PROGRAM_MISSING, SSH_HOST_KEY_WRONG, or FILE_UNUSABLE when ssh can't be started.
 */
export async function runSsh(
  { vmName, config, log, command }: SshRun,
  streams: Streams = 'inherit',
  program = 'ssh',
): Promise<number> {
  // Made here: the program would let others read it.
  await (await open(log, 'w', 0o600)).close();
  try {
    // Its own words go to the file, so that they can be told from those of the command; behind `--` nothing is an option of ssh.
    const args = ['-F', config, '-E', log, '--', hostNamesOf(vmName)[0], ...command];
    const exitCode = await runInForeground(program, args, streams);
    const said = (await readIfThere(log)) ?? '';
    if (exitCode === FAILED_ITSELF && isAboutHostKey(said)) throw new TtError('SSH_HOST_KEY_WRONG', { vmName });
    printError(said);
    return exitCode;
  } catch (error) {
    if (isNotFound(error)) throw new TtError('SSH_PROGRAM_MISSING', { program }, { cause: error });
    throw error;
  } finally {
    await rm(log, { force: true });
  }
}

/** Sentences of OpenSSH's sshconnect.c, which has no translations. */
function isAboutHostKey(said: string): boolean {
  return /^Host key verification failed\.|REMOTE HOST IDENTIFICATION HAS CHANGED|host key is known for /m.test(said);
}

function isNotFound(error: unknown): boolean {
  return error instanceof TtError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
