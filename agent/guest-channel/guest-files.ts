// Files into a guest and out of it, by commands of the helper itself (`agent/guest-helper/files.c`), or by those of its guest agent
// (by-agent/), which say the same: whole or not at all, checked by SHA-256, and continued where an earlier attempt of the same content
// ended.
import { inCalls } from '@tt/client';
import { putByAgent } from './by-agent/put-by-agent.ts';
import type { ChannelCommand } from './command-channel.ts';
import {
  collect,
  during,
  type FileChannel,
  fileCommand,
  firstLine,
  heardLater,
  lines,
  ownerText,
  refusal,
  timeOf,
} from './file-command.ts';
import type { FoldersRequest, GetRequest, GuestFile, PutRequest } from './file-requests.ts';
import { invalid } from './guest-error.ts';

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * GUEST_REFUSED_COMMAND with the guest's errno: EEXIST, EISDIR, ENOSPC, ENOENT (folder or owner), EACCES; EBADMSG if the content is
 * not what `sha256` says, and nothing is left. After any other end the guest keeps what has arrived for the next attempt.
 */
export async function putFile(channel: FileChannel, request: PutRequest): Promise<void> {
  const { path, size, sha256, mode, owner, overwrites, user, signal } = request;
  if (!SHA256.test(sha256)) throw new TypeError('the SHA-256 of the content is not one');
  if (channel.via === 'guestAgent') return putByAgent(channel, request);
  const argv = ['put', path, mode.toString(8), ownerText(owner), String(size), sha256, overwrites ? '1' : '0'];
  const command = channel.exec({ argv, isBuiltIn: true, ...(user !== undefined && { user }) });
  await during(command, signal, async () => {
    const answers = lines(command.stdout);
    const complaint = heardLater(collect(command.stderr));
    const first = await answers.next();
    const offset = first.done ? null : /^offset (\d+)$/.exec(first.value)?.[1];
    if (offset === null) throw await refusal(command, complaint);
    if (offset === undefined || Number(offset) > size) throw invalid('it has a longer part than the whole');
    let done = Number(offset);
    request.onProgress?.(done);
    for await (const bytes of request.content(done)) {
      if (command.stdin.destroyed) break;
      if (!command.stdin.write(bytes)) await writable(command);
      done += bytes.length;
      request.onProgress?.(done);
    }
    command.stdin.end();
    const last = await answers.next();
    const exit = await command.exit;
    if (exit.exitCode !== 0 || last.value !== 'done') throw await refusal(command, complaint);
  });
}

/** The names of one call of the helper, in UTF-8: together with the rest they fit into a frame. */
const MOST_NAMES = { items: Number.POSITIVE_INFINITY, length: 40 * 1024 };
const bytesOf = (name: string) => Buffer.byteLength(name) + 8;

/** GUEST_REFUSED_COMMAND with ENOTDIR or ELOOP for what is no folder, EACCES, EROFS, ENOSPC, ENOENT (owner). Some may be made then. */
export async function makeFolders(channel: FileChannel, request: FoldersRequest): Promise<void> {
  const { base, mode, owner, user, signal } = request;
  for (const names of inCalls(request.names, bytesOf, MOST_NAMES)) {
    const argv = ['folders', base, mode.toString(8), ownerText(owner), ...names];
    const command = fileCommand(channel, argv, user);
    await during(command, signal, async () => {
      const [answer, said] = await Promise.all([collect(command.stdout), collect(command.stderr)]);
      if (answer !== 'done\n') throw await refusal(command, Promise.resolve(said));
    });
  }
}

/**
 * GUEST_REFUSED_COMMAND with ENOENT, EACCES, EISDIR, EINVAL (no plain file, or shorter than `offset`), ESTALE if it became shorter
 * meanwhile. `use` gets the file, which is given up when it ends.
 */
export async function getFile<Result>(
  channel: FileChannel,
  { path, offset = 0, user, signal }: GetRequest,
  use: (file: GuestFile) => Promise<Result>,
): Promise<Result> {
  const argv = ['get', path, String(offset)];
  const command = fileCommand(channel, argv, user);
  return during(command, signal, async () => {
    const said = heardLater(collect(command.stderr));
    const head = await firstLine(command.stdout);
    const fields = head === null ? null : /^file (\d{1,15}) ([0-7]{1,7}) (-?\d{1,20})$/.exec(head);
    if (head === null) throw await refusal(command, said);
    if (!fields) throw invalid('it describes a file as none');
    // Whoever gives the file up does not wait for it.
    const hashed = command.exit.then(async ({ exitCode }) => {
      const digits = /^sha256 ([0-9a-f]{64})\n$/.exec(await said)?.[1];
      if (exitCode !== 0 || digits === undefined) throw await refusal(command, said);
      return digits;
    });
    const [, size, mode, seconds] = fields;
    return use({
      size: Number(size),
      mode: Number.parseInt(mode ?? '', 8) & 0o7777,
      modifiedAt: timeOf(seconds),
      content: command.stdout,
      sha256: heardLater(hashed),
    });
  });
}

/** Resolves when the guest takes more, or nothing any more. */
export async function writable({ stdin }: Pick<ChannelCommand, 'stdin'>): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = () => {
      stdin.off('drain', go);
      stdin.off('close', go);
      resolve();
    };
    stdin.on('drain', go);
    stdin.on('close', go);
    if (stdin.destroyed || !stdin.writableNeedDrain) go();
  });
}
