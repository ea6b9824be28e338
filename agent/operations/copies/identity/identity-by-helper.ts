// Resets the identity of a copied guest by the helper in it, without any program but an ssh server: an emulated guest that has just woken
// needs a quarter of a second of a processor for a shell and its script, and a tenth of it for this.
import { dropbearKey, type SshKeyPair } from '../../../cloud-init/openssh-key.ts';
import { EngineError } from '../../../engines/errors.ts';
import { collect, during } from '../../../guest-channel/file-command.ts';
import type { GuestChannel } from '../../../guest-channel/guest-channel.ts';
import type { GuestChannels, GuestHost } from '../../../guest-channel/guest-channels.ts';
import { GuestError } from '../../../guest-channel/guest-error.ts';
import { type GuestIdentity, identityLines } from '../../../guest-channel/guest-identity.ts';
import { hostKeyScript } from './host-key-script.ts';
import { readAnswers } from './identity-script.ts';

/** One that ran when the state was saved runs now, however slow the host is. */
const HELPER_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 20_000;
const HOST_KEY_TIMEOUT_MS = 30_000;
/** It prints a line or two; what an ssh server complains of is a few more. */
const MOST_PRINTED_BYTES = 64 * 1024;

export interface HelperReset {
  running: GuestHost;
  channels: Pick<GuestChannels, 'openFit'>;
  request: Omit<GuestIdentity, 'dropbearKey'> & { sshHostKey: SshKeyPair | null };
  now: () => Date;
}

/**
 * What it said of each part, as the script does. Null if no helper answers there that can do it, or it ended meanwhile, or says too much: the guest
 * may then be another one in part, and can be told again in any way. Rejects only with faults of TT.
 */
export async function identityByHelper({ running, channels, request, now }: HelperReset): Promise<string | null> {
  try {
    const channel = await channels.openFit(running, HELPER_TIMEOUT_MS);
    const { sshHostKey } = request;
    const asHex = sshHostKey && dropbearKey(sshHostKey).toString('hex');
    const lines = identityLines({ ...request, dropbearKey: asHex }, now());
    const said = await channel.giveIdentity(lines, ANSWER_TIMEOUT_MS);
    // Dropbear alone is restarted by the helper; of other servers it says nothing.
    if (!sshHostKey || readAnswers(said).has('sshHostKeys')) return said;
    return `${said}${await giveHostKey(channel, sshHostKey)}`;
  } catch (error) {
    if (error instanceof GuestError || error instanceof EngineError) return null;
    throw error;
  }
}

async function giveHostKey(channel: GuestChannel, sshHostKey: SshKeyPair): Promise<string> {
  const command = channel.exec({ argv: ['/bin/sh'] });
  const late = setTimeout(() => command.signal('SIGKILL'), HOST_KEY_TIMEOUT_MS);
  try {
    return await during(command, undefined, async () => {
      command.stdin.end(hostKeyScript(sshHostKey));
      // Its errors are in its output.
      command.stderr.resume();
      const [said] = await Promise.all([collect(command.stdout, MOST_PRINTED_BYTES), command.exit]);
      return said;
    });
  } finally {
    clearTimeout(late);
  }
}
