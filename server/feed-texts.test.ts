// Items of feeds as text: as oRPC would write them, made once for all sockets, and no more of them kept than agreed.
import { decodeResponseMessage, MessageType } from '@orpc/standard-server-peer';
import { expect, it } from 'vitest';
import { encodeAnswer, FeedTexts } from './feed-texts.ts';

async function* feedOf(...items: unknown[]): AsyncGenerator {
  yield* items;
}

async function framesOf(feed: unknown): Promise<string[]> {
  const frames: string[] = [];
  for await (const json of feed as AsyncIterable<unknown>) {
    const payload = { event: 'message' as const, data: { json } };
    const parts = await encodeAnswer(['7', MessageType.EVENT_ITERATOR, payload]);
    frames.push(
      parts.map((part) => (typeof part === 'string' ? part : Buffer.from(part as Buffer).toString())).join(''),
    );
  }
  return frames;
}

it('a frame reads as the item, whatever is in it', async () => {
  const item = { kind: 'page', text: '"$&\\ $1 é\u2028 </script>', none: null, list: [1, { deep: true }] };
  const [frame = ''] = await framesOf(new FeedTexts().inTexts(feedOf(item)));
  expect(await decodeResponseMessage(frame)).toEqual([
    '7',
    MessageType.EVENT_ITERATOR,
    { event: 'message', data: { json: item }, meta: undefined },
  ]);
});

it('the text of an item is made once, for however many feeds', async () => {
  let made = 0;
  const item = { toJSON: () => `text ${++made}` };
  const texts = new FeedTexts();
  const frames = await Promise.all([1, 2, 3].map(() => framesOf(texts.inTexts(feedOf(item)))));
  expect(made).toBe(1);
  expect(new Set(frames.flat()).size).toBe(1);
});

it('the bytes of an item are the same for all sockets, not a copy for each', async () => {
  const item = { kind: 'page' };
  const texts = new FeedTexts();
  const bodies: unknown[] = [];
  for (const id of ['1', '2']) {
    for await (const json of texts.inTexts(feedOf(item)) as AsyncIterable<unknown>) {
      const parts = await encodeAnswer([id, MessageType.EVENT_ITERATOR, { event: 'message', data: { json } }]);
      bodies.push(parts[1]);
    }
  }
  expect(bodies).toEqual([Buffer.from('{"kind":"page"}'), Buffer.from('{"kind":"page"}')]);
  expect(bodies[0]).toBe(bodies[1]);
});

it('keeps so much text, and forgets the oldest first', () => {
  let made = 0;
  const item = (length: number) => ({ toJSON: () => `${++made}`.padEnd(length - 2) });
  const texts = new FeedTexts(100);
  const [first, second, third] = [item(60), item(40), item(30)];
  for (const one of [first, second, first, second]) texts.textOf(one);
  expect(made).toBe(2);
  texts.textOf(third);
  texts.textOf(second);
  expect(made).toBe(3);
  texts.textOf(first);
  expect(made).toBe(4);
});

it('an answer that is no feed is left as it is', async () => {
  const answer = { envs: [] };
  expect(new FeedTexts().inTexts(answer)).toBe(answer);
  const frames = await encodeAnswer(['1', MessageType.RESPONSE, { status: 200, headers: {}, body: { json: answer } }]);
  expect(frames).toHaveLength(1);
  expect(JSON.parse(frames[0] as string)).toEqual({ i: '1', p: { b: { json: answer } } });
});
