// What ssh2 logs in with, from what the user chose: an ssh agent, a key file, a password. Only that is offered, nothing else is tried.
// oxlint-disable-next-line typescript/triple-slash-reference -- ssh2 has no types; programs with other roots find these only so
/// <reference path="../../client/node/ssh2.d.ts" />
import { readFile, stat } from 'node:fs/promises';
import { TtError } from '@tt/protocol';
import ssh2, { type LoginConfig } from 'ssh2';
import type { SshLogin } from './ssh-route.ts';

const MOST_KEY_BYTES = 64 * 1024;

export interface SshAgentPlace {
  /** Socket of the ssh agent; undefined: none runs. */
  socket: string | undefined;
}

/** Of this process. */
export function sshAgentHere(): SshAgentPlace {
  const windows = process.platform === 'win32' ? String.raw`\\.\pipe\openssh-ssh-agent` : undefined;
  return { socket: process.env['SSH_AUTH_SOCK'] ?? windows };
}

/** Rejects with SSH_AGENT_MISSING or SSH_KEY_UNUSABLE. */
export async function loginConfig(login: SshLogin, { socket }: SshAgentPlace): Promise<LoginConfig> {
  switch (login.kind) {
    case 'agent':
      if (socket === undefined || socket === '') throw new TtError('SSH_AGENT_MISSING', {});
      return { agent: socket, authHandler: ['agent'] };
    case 'key': {
      const privateKey = await readKey(login.file);
      const parsed: unknown = ssh2.utils.parseKey(privateKey, login.passphrase === '' ? undefined : login.passphrase);
      if (parsed instanceof Error) throw new TtError('SSH_KEY_UNUSABLE', { file: login.file }, { cause: parsed });
      return {
        privateKey,
        ...(login.passphrase !== '' && { passphrase: login.passphrase }),
        authHandler: ['publickey'],
      };
    }
    case 'password':
      // Many servers ask for the password in a dialog of their own.
      return { password: login.password, tryKeyboard: true, authHandler: ['password', 'keyboard-interactive'] };
  }
}

async function readKey(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MOST_KEY_BYTES) throw new Error('it is too large for a key');
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new TtError('SSH_KEY_UNUSABLE', { file }, { cause });
  }
}
