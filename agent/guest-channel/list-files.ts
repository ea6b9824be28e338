// What files there are in a guest, by a command of the helper or of its guest agent. What it says is data of whoever rules the guest.
import { collect, during, type FileChannel, fileCommand, refusal, timeOf } from './file-command.ts';
import type { GuestEntry } from './file-requests.ts';
import { GuestError, invalid } from './guest-error.ts';

const KINDS: Readonly<Record<string, GuestEntry['kind']>> = { f: 'file', d: 'folder', l: 'link', o: 'other' };
/** As many as the helper lists; a hostile one may say anything. Bytes are those of all paths with what is said of each. */
const MOST_LISTED = { entries: 100_000, bytes: 64 * 1024 * 1024 };
const E2BIG = 7;

/**
 * `folder`: what is in it; `tree`: with all that is below; `glob`: what a pattern of glob(7) matches, which may be nothing.
 * GUEST_REFUSED_COMMAND with ENOENT, ENOTDIR, EACCES, E2BIG above 100 000 entries, or above `most`.
 */
export async function listFiles(
  channel: FileChannel,
  what: 'folder' | 'tree' | 'glob',
  path: string,
  { user, signal, most = MOST_LISTED }: { user?: string; signal?: AbortSignal; most?: typeof MOST_LISTED } = {},
): Promise<GuestEntry[]> {
  const tooMany = () => new GuestError('GUEST_REFUSED_COMMAND', 'there are too many files', { errno: E2BIG });
  const hasOwners = channel.via === 'guestAgent' || channel.has('owners');
  const command = fileCommand(channel, ['list', what, path, ...(hasOwners ? ['owners'] : [])], user);
  return during(command, signal, async () => {
    const [text, said] = await Promise.all([
      collect(command.stdout, most.bytes, tooMany),
      collect(command.stderr),
      command.exit,
    ]);
    if ((await command.exit).exitCode !== 0) throw await refusal(command, Promise.resolve(said));
    // Before a value is made of each.
    const entries = text.split('\0', most.entries + 2).slice(0, -1);
    if (entries.length > most.entries) throw tooMany();
    return entries.map((entry) => entryOf(entry, hasOwners));
  });
}

function entryOf(text: string, hasOwners: boolean): GuestEntry {
  const [, kind, size, mode, seconds, rest = ''] =
    /^([fdlo]) (\d{1,15}) ([0-7]{1,7}) (-?\d{1,20}) (.+)$/s.exec(text) ?? [];
  const [, owner = null, path] = (hasOwners ? /^([^\s\0]{1,255}) (.{1,4096})$/s : /^()(.{1,4096})$/s).exec(rest) ?? [];
  const known = KINDS[kind ?? ''];
  if (!known || path === undefined) throw invalid('it lists what is no file');
  return {
    kind: known,
    size: Number(size),
    mode: Number.parseInt(mode ?? '', 8) & 0o7777,
    modifiedAt: timeOf(seconds),
    owner: hasOwners ? owner : null,
    path,
  };
}
