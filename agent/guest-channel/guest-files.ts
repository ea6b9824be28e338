// Files into a guest and out of it, by commands of the helper itself (`agent/guest-helper/files.c`): whole or not at all, checked by
// SHA-256, and continued where an earlier attempt of the same content ended.
import type { Readable } from 'node:stream';
import { visible } from '@tt/protocol';
import { unlessAborted } from '../host/unless-aborted.ts';
import type { CommandExit, GuestCommand } from './guest-command.ts';
import { type GuestChannel, invalid } from './guest-channel.ts';
import { GuestError } from './guest-error.ts';

/** An answer, or a complaint, is one short line. */
const LINE_BYTES = 8192;
const SHA256 = /^[0-9a-f]{64}$/;
const EPROTO = 71;

export interface PutRequest {
  /** Absolute. Its folder must exist. */
  path: string;
  /** Bytes. */
  size: number;
  /** Of the whole content, lower-case hexadecimal. */
  sha256: string;
  /** Permission bits, e.g. 0o644. */
  mode: number;
  /** Names or numbers; null keeps that of whoever writes it. */
  owner?: { user: string | null; group: string | null };
  /** False: EEXIST if there is a file already. */
  overwrites: boolean;
  /** Who writes it in the guest; default: root. */
  user?: string;
  /** The content from `offset` on. Called once. */
  content: (offset: number) => AsyncIterable<Uint8Array>;
  /** Of all bytes, also those that were there. */
  onProgress?: (doneBytes: number) => void;
  signal?: AbortSignal;
}

/**
 * GUEST_REFUSED_COMMAND with the guest's errno: EEXIST, EISDIR, ENOSPC, ENOENT (folder or owner), EACCES; EBADMSG if the content is
 * not what `sha256` says, and nothing is left. After any other end the guest keeps what has arrived for the next attempt.
 */
export async function putFile(channel: GuestChannel, request: PutRequest): Promise<void> {
  const { path, size, sha256, mode, owner, overwrites, user, signal } = request;
  if (!SHA256.test(sha256)) throw new TypeError('the SHA-256 of the content is not one');
  const names = owner ? `${owner.user ?? ''}:${owner.group ?? ''}` : '';
  const argv = ['put', path, mode.toString(8), names, String(size), sha256, overwrites ? '1' : '0'];
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

export interface FoldersRequest {
  /** Absolute. Made with what is missing above it; links on the way are followed. */
  base: string;
  /** Below it, e.g. `a/b`; those above each are made, too. A link there is no folder. */
  names: readonly string[];
  /** Of those that are new. */
  mode: number;
  owner?: { user: string | null; group: string | null };
  user?: string;
  signal?: AbortSignal;
}

/** The names of one call of the helper, in UTF-8: together with the rest they fit into a frame. */
const NAMES_BYTES = 40 * 1024;

/** GUEST_REFUSED_COMMAND with ENOTDIR or ELOOP for what is no folder, EACCES, EROFS, ENOSPC, ENOENT (owner). Some may be made then. */
export async function makeFolders(channel: GuestChannel, request: FoldersRequest): Promise<void> {
  const { base, mode, owner, user, signal } = request;
  const who = owner ? `${owner.user ?? ''}:${owner.group ?? ''}` : '';
  for (const names of inPieces(request.names)) {
    const argv = ['folders', base, mode.toString(8), who, ...names];
    const command = channel.exec({ argv, isBuiltIn: true, stdin: 'none', ...(user !== undefined && { user }) });
    await during(command, signal, async () => {
      const [answer, said] = await Promise.all([collect(command.stdout), collect(command.stderr)]);
      if (answer !== 'done\n') throw await refusal(command, Promise.resolve(said));
    });
  }
}

/** At least one, that may be empty. */
function inPieces(names: readonly string[]): string[][] {
  const pieces: string[][] = [[]];
  let bytes = 0;
  for (const name of names) {
    bytes += Buffer.byteLength(name) + 8;
    if (bytes > NAMES_BYTES) {
      pieces.push([]);
      bytes = Buffer.byteLength(name) + 8;
    }
    pieces.at(-1)?.push(name);
  }
  return pieces;
}

export interface GuestFile {
  /** Bytes, of the whole file. */
  size: number;
  mode: number;
  modifiedAt: Date;
  /** From the wanted offset on. Must be read. */
  content: Readable;
  /** Of the whole file, once `content` has ended. Rejects as `getFile`. */
  sha256: Promise<string>;
}

export interface GetRequest {
  /** Absolute. */
  path: string;
  offset?: number;
  user?: string;
  signal?: AbortSignal;
}

/**
 * GUEST_REFUSED_COMMAND with ENOENT, EACCES, EISDIR, EINVAL (no plain file, or shorter than `offset`), ESTALE if it became shorter
 * meanwhile. `use` gets the file, which is given up when it ends.
 */
export async function getFile<Result>(
  channel: GuestChannel,
  { path, offset = 0, user, signal }: GetRequest,
  use: (file: GuestFile) => Promise<Result>,
): Promise<Result> {
  const argv = ['get', path, String(offset)];
  const command = channel.exec({ argv, isBuiltIn: true, stdin: 'none', ...(user !== undefined && { user }) });
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

export interface GuestEntry {
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes. */
  size: number;
  mode: number;
  modifiedAt: Date;
  path: string;
}

const KINDS: Readonly<Record<string, GuestEntry['kind']>> = { f: 'file', d: 'folder', l: 'link', o: 'other' };
/** As many as the helper lists; a hostile one may say anything. Bytes are those of all paths with what is said of each. */
const MOST_LISTED = { entries: 100_000, bytes: 64 * 1024 * 1024 };
const E2BIG = 7;

/**
 * `folder`: what is in it; `tree`: with all that is below; `glob`: what a pattern of glob(7) matches, which may be nothing.
 * GUEST_REFUSED_COMMAND with ENOENT, ENOTDIR, EACCES, E2BIG above 100 000 entries, or above `most`.
 */
export async function listFiles(
  channel: GuestChannel,
  what: 'folder' | 'tree' | 'glob',
  path: string,
  { user, signal, most = MOST_LISTED }: { user?: string; signal?: AbortSignal; most?: typeof MOST_LISTED } = {},
): Promise<GuestEntry[]> {
  const tooMany = () => new GuestError('GUEST_REFUSED_COMMAND', 'there are too many files', { errno: E2BIG });
  const argv = ['list', what, path];
  const command = channel.exec({ argv, isBuiltIn: true, stdin: 'none', ...(user !== undefined && { user }) });
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
    return entries.map(entryOf);
  });
}

function entryOf(text: string): GuestEntry {
  const [, kind, size, mode, seconds, path] =
    /^([fdlo]) (\d{1,15}) ([0-7]{1,7}) (-?\d{1,20}) (.{1,4096})$/s.exec(text) ?? [];
  const known = KINDS[kind ?? ''];
  if (!known || path === undefined) throw invalid('it lists what is no file');
  return {
    kind: known,
    size: Number(size),
    mode: Number.parseInt(mode ?? '', 8) & 0o7777,
    modifiedAt: timeOf(seconds),
    path,
  };
}

const LATEST_S = Date.UTC(9999, 0, 1) / 1000;

/** A guest may say anything. */
function timeOf(seconds: string | undefined): Date {
  return new Date(1000 * Math.min(Math.max(Number(seconds), 0), LATEST_S));
}

/** Whatever happens, the command does not outlive `work`. */
async function during<Result>(
  command: GuestCommand,
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    signal?.throwIfAborted();
    // A guest that hangs does not end its command either: nobody waits for that.
    return await (signal ? unlessAborted(work(), signal) : work());
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    command.signal('SIGKILL');
    command.stdout.destroy();
    command.stderr.destroy();
    command.stdin.destroy();
  }
}

/** What the helper complained of, as an error; what it was started with is wrong when it ends without a word. */
async function refusal(command: GuestCommand, complaint: Promise<string>): Promise<GuestError> {
  const exit: CommandExit = await command.exit;
  const [, number, text] = /^(\d+) (.*)\n/.exec(await complaint) ?? [];
  const how = exit.signal === null ? `it ended with ${exit.exitCode}` : `it was ended by signal ${exit.signal}`;
  return new GuestError('GUEST_REFUSED_COMMAND', visible(text ?? how), { errno: Number(number ?? EPROTO) });
}

/** A connection that breaks rejects it, perhaps before anybody waits for it, or when nobody will. */
function heardLater<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => {});
  return promise;
}

async function writable({ stdin }: GuestCommand): Promise<void> {
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

/** GUEST_HELPER_INVALID, or what `tooLong` gives, if it is longer than `most`. */
async function collect(
  stream: Readable,
  most = LINE_BYTES,
  tooLong = () => invalid('it answers too much'),
): Promise<string> {
  // Not a list of what came: a guest that sends single bytes would make each cost a hundred.
  let all = Buffer.alloc(Math.min(most, LINE_BYTES));
  let length = 0;
  for await (const bytes of stream as AsyncIterable<Buffer>) {
    const needed = length + bytes.length;
    if (needed > most) throw tooLong();
    if (needed > all.length) {
      const more = Buffer.alloc(Math.min(most, Math.max(needed, 2 * all.length)));
      all.copy(more, 0, 0, length);
      all = more;
    }
    bytes.copy(all, length);
    length = needed;
  }
  return all.toString('utf8', 0, length);
}

async function* lines(stream: Readable): AsyncGenerator<string, undefined> {
  for (;;) {
    const line = await firstLine(stream);
    if (line === null) return undefined;
    yield line;
  }
}

/** Takes one line off the stream, and leaves what follows; null at its end. */
async function firstLine(stream: Readable): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for (;;) {
    const bytes = stream.read() as Buffer | null;
    if (bytes === null) {
      if (stream.readableEnded || stream.destroyed) return null;
      await new Promise<void>((resolve, reject) => {
        const off = () => {
          stream.off('readable', go);
          stream.off('end', go);
          stream.off('close', go);
          stream.off('error', fail);
        };
        const go = () => {
          off();
          resolve();
        };
        const fail = (error: Error) => {
          off();
          reject(error);
        };
        stream.on('readable', go);
        stream.on('end', go);
        stream.on('close', go);
        stream.on('error', fail);
      });
      continue;
    }
    const end = bytes.indexOf(10);
    const part = end === -1 ? bytes : bytes.subarray(0, end);
    length += part.length;
    if (length > LINE_BYTES) throw invalid('it sends an endless line');
    parts.push(part);
    if (end === -1) continue;
    if (end + 1 < bytes.length) stream.unshift(bytes.subarray(end + 1));
    return Buffer.concat(parts).toString('utf8');
  }
}
