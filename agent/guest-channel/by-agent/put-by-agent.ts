// A file into a guest that has only its guest agent: in steps, as each of them gets its input in one piece. An attempt that breaks off is
// continued by the next one, as with the helper: both look for the same part beside the file.
import path from 'node:path';
import { collect, during, heardLater, ownerText, refusal } from '../file-command.ts';
import type { PutRequest } from '../file-requests.ts';
import { GuestError } from '../guest-error.ts';
import type { AgentChannel } from './agent-channel.ts';

/** A file that is not larger goes in one step: there is nothing to continue. */
const SMALL_BYTES = 64 * 1024;
/** Of the others. A guest on a busy host takes a second for as much. */
const STEP_BYTES = 1024 * 1024;

export async function putByAgent(channel: AgentChannel, request: PutRequest): Promise<void> {
  const { size, signal, onProgress } = request;
  if (size <= SMALL_BYTES) {
    const { value: bytes } = await inSteps(request.content(0)).next();
    await step(channel, request, 'whole', 0, bytes ?? Buffer.alloc(0));
    onProgress?.(size);
    return;
  }
  const answer = await step(channel, request, 'begin', 0);
  const offset = Number(/^offset (\d{1,15})\n$/.exec(answer)?.[1] ?? Number.NaN);
  if (!(offset <= size)) throw new GuestError('GUEST_AGENT_INVALID', 'the guest has a longer part than the whole');
  let done = offset;
  onProgress?.(done);
  for await (const bytes of inSteps(request.content(done))) {
    signal?.throwIfAborted();
    await step(channel, request, 'append', done, bytes);
    done += bytes.length;
    onProgress?.(done);
  }
  await step(channel, request, 'finish', done);
}

/** What it prints. */
async function step(
  channel: AgentChannel,
  request: PutRequest,
  what: 'begin' | 'append' | 'finish' | 'whole',
  offset: number,
  content?: Uint8Array,
): Promise<string> {
  const { path: target, size, sha256, mode, owner, overwrites, user, signal } = request;
  const part = path.posix.join(path.posix.dirname(target), `.tt-${sha256.slice(0, 16)}.part`);
  const facts = [target, part, String(size), sha256, mode.toString(8), ownerText(owner), overwrites ? '1' : '0'];
  const command = channel.execFiles([what, ...facts, String(offset)], user, content);
  return during(command, signal, async () => {
    const complaint = heardLater(collect(command.stderr));
    const answer = await collect(command.stdout);
    const { exitCode } = await command.exit;
    if (exitCode !== 0) throw await refusal(command, complaint);
    return answer;
  });
}

/** In pieces of {@link STEP_BYTES}, the last of which may have fewer. */
async function* inSteps(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (let piece of content) {
    while (bytes + piece.length >= STEP_BYTES) {
      const taken = piece.subarray(0, STEP_BYTES - bytes);
      yield Buffer.concat([...waiting, taken]);
      piece = piece.subarray(taken.length);
      waiting = [];
      bytes = 0;
    }
    if (piece.length === 0) continue;
    // What it is read into may be used again.
    waiting.push(Buffer.from(piece));
    bytes += piece.length;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}
