// The items of feeds as JSON, made once for all sockets that are sent the same one: a picture of everything that fifty windows ask
// for is put into text once, not fifty times.
import { type DecodedResponseMessage, encodeResponseMessage, MessageType } from '@orpc/standard-server-peer';

/** Texts that are kept for other sockets, in UTF-16 units; the oldest ones go first. */
const KEPT_LENGTH = 16 * 1024 * 1024;
/** Stands in a frame where a text belongs. Nobody outside knows it, so no data can look like it. */
const PLACE = crypto.randomUUID();

/** An item on its way through oRPC, which passes on what is no plain object as it is. */
class ItemText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Frame = Awaited<ReturnType<typeof encodeResponseMessage>>;

export class FeedTexts {
  readonly #texts = new Map<object, string>();
  readonly #keptLength: number;
  #length = 0;

  constructor(keptLength = KEPT_LENGTH) {
    this.#keptLength = keptLength;
  }

  /** The output of a call; a feed gives texts for {@link encodeAnswer} from then on. */
  inTexts<Output>(output: Output): Output {
    return isFeed(output) ? (this.#each(output) as Output) : output;
  }

  /** JSON of the item, which must not change any more. */
  textOf(item: object): string {
    const known = this.#texts.get(item);
    if (known !== undefined) return known;
    const text = JSON.stringify(item);
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

/** The frame of an answer, as oRPC writes it. */
export async function encodeAnswer(message: DecodedResponseMessage): Promise<Frame> {
  const [id, type, payload] = message;
  const item = type === MessageType.EVENT_ITERATOR ? itemIn(payload) : null;
  if (!item) return encodeResponseMessage(id, type, payload);
  const frame = await encodeResponseMessage(id, MessageType.EVENT_ITERATOR, {
    event: 'message',
    data: { json: PLACE },
  });
  return (frame as string).replace(`"${PLACE}"`, () => item.text);
}

function itemIn(payload: object): ItemText | null {
  const data = 'data' in payload ? payload.data : null;
  const json = typeof data === 'object' && data !== null && 'json' in data ? data.json : null;
  return json instanceof ItemText ? json : null;
}

function isFeed(output: unknown): output is AsyncIterable<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output;
}
