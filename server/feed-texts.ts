// The items of feeds as JSON, made once for all sockets that are sent the same one: a picture of everything that fifty windows ask
// for is put into text and into bytes once, not fifty times. What is shared is the item itself, so whoever makes items decides
// who gets the same bytes (agent/api/pictures.ts, agent/events/event-log.ts).
import { type DecodedResponseMessage, encodeResponseMessage, MessageType } from '@orpc/standard-server-peer';

/** Texts that are kept for other sockets, in bytes of UTF-8; the oldest ones go first. */
const KEPT_LENGTH = 16 * 1024 * 1024;
/** Stands in a frame where a text belongs. Nobody outside knows it, so no data can look like it. */
const PLACE = crypto.randomUUID();

/** An item on its way through oRPC, which passes on what is no plain object as it is. */
class ItemText {
  readonly text: Buffer;

  constructor(text: Buffer) {
    this.text = text;
  }
}

/** The parts of one message, in order; several only of a text. Bytes may be those of other sockets, and are never changed. */
export type MessageParts = readonly Awaited<ReturnType<typeof encodeResponseMessage>>[];

export class FeedTexts {
  readonly #texts = new Map<object, Buffer>();
  readonly #keptLength: number;
  #length = 0;

  constructor(keptLength = KEPT_LENGTH) {
    this.#keptLength = keptLength;
  }

  /** The output of a call; a feed gives texts for {@link encodeAnswer} from then on. */
  inTexts<Output>(output: Output): Output {
    return isFeed(output) ? (this.#each(output) as Output) : output;
  }

  /** JSON of the item, which must not change any more, in UTF-8. */
  textOf(item: object): Buffer {
    const known = this.#texts.get(item);
    if (known !== undefined) return known;
    const text = Buffer.from(JSON.stringify(item));
    this.#texts.set(item, text);
    this.#length += text.length;
    for (const [old, { length }] of this.#texts) {
      if (this.#length <= this.#keptLength) break;
      this.#texts.delete(old);
      this.#length -= length;
    }
    return text;
  }

  async *#each(feed: AsyncIterable<unknown>): AsyncGenerator {
    for await (const item of feed) {
      yield typeof item === 'object' && item !== null ? new ItemText(this.textOf(item)) : item;
    }
  }
}

/**
 * An answer as oRPC writes it. An item of a feed is a part of its own: to put it into a text for each socket would cost more than
 * to send it.
 */
export async function encodeAnswer(message: DecodedResponseMessage): Promise<MessageParts> {
  const [id, type, payload] = message;
  const item = type === MessageType.EVENT_ITERATOR ? itemIn(payload) : null;
  if (!item) return [await encodeResponseMessage(id, type, payload)];
  const frame = await encodeResponseMessage(id, MessageType.EVENT_ITERATOR, {
    event: 'message',
    data: { json: PLACE },
  });
  const [before = '', after = ''] = (frame as string).split(`"${PLACE}"`);
  return [before, item.text, after];
}

function itemIn(payload: object): ItemText | null {
  const data = 'data' in payload ? payload.data : null;
  const json = typeof data === 'object' && data !== null && 'json' in data ? data.json : null;
  return json instanceof ItemText ? json : null;
}

function isFeed(output: unknown): output is AsyncIterable<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output;
}
