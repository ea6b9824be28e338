// A command that passes files, of the helper itself (`agent/guest-helper/files.c`) or of the guest agent (by-agent/linux-files.ts): it ends
// with the work that it is for, and what it says is believed only in the form that it must have.
import type { Readable } from 'node:stream';
import { visible } from '@tt/protocol';
import { unlessAborted } from '../host/unless-aborted.ts';
import type { AgentChannel } from './by-agent/agent-channel.ts';
import type { ChannelCommand, CommandExit } from './command-channel.ts';
import type { FileOwner } from './file-requests.ts';
import type { GuestChannel } from './guest-channel.ts';
import { GuestError, invalid } from './guest-error.ts';

/** An answer, or a complaint, is one short line. */
const LINE_BYTES = 8192;
const EPROTO = 71;

/** Either way into a guest. */
export type FileChannel = GuestChannel | AgentChannel;

/** `argv`: of `run_built_in` in files.c, but for `put`. */
export function fileCommand(channel: FileChannel, argv: readonly string[], user: string | undefined): ChannelCommand {
  if (channel.via === 'guestAgent') return channel.execFiles(argv, user);
  return channel.exec({ argv, isBuiltIn: true, stdin: 'none', ...(user !== undefined && { user }) });
}

/** Whatever happens, the command does not outlive `work`. */
export async function during<Result>(
  command: ChannelCommand,
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
export async function refusal(command: ChannelCommand, complaint: Promise<string>): Promise<GuestError> {
  const exit: CommandExit = await command.exit;
  const [, number, text] = /^(\d+) (.*)\n/.exec(await complaint) ?? [];
  const how = exit.signal === null ? `it ended with ${exit.exitCode}` : `it was ended by signal ${exit.signal}`;
  return new GuestError('GUEST_REFUSED_COMMAND', visible(text ?? how), { errno: Number(number ?? EPROTO) });
}

/** A connection that breaks rejects it, perhaps before anybody waits for it, or when nobody will. */
export function heardLater<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => {});
  return promise;
}

/** All of it as text. GUEST_HELPER_INVALID, or what `tooLong` gives, if it is longer than `most` bytes. */
export async function collect(
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

export async function* lines(stream: Readable): AsyncGenerator<string, undefined> {
  for (;;) {
    const line = await firstLine(stream);
    if (line === null) return undefined;
    yield line;
  }
}

/** Takes one line off the stream, and leaves what follows; null at its end. */
export async function firstLine(stream: Readable): Promise<string | null> {
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

/** As the helper takes it; null keeps that of whoever writes. */
export function ownerText(owner: FileOwner | undefined): string {
  return owner ? `${owner.user ?? ''}:${owner.group ?? ''}` : '';
}

const LATEST_S = Date.UTC(9999, 0, 1) / 1000;

/** A guest may say anything. */
export function timeOf(seconds: string | undefined): Date {
  return new Date(1000 * Math.min(Math.max(Number(seconds), 0), LATEST_S));
}
