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
    frames.push((await encodeAnswer(['7', MessageType.EVENT_ITERATOR, payload])) as string);
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
  const frame = await encodeAnswer(['1', MessageType.RESPONSE, { status: 200, headers: {}, body: { json: answer } }]);
  expect(JSON.parse(frame as string)).toEqual({ i: '1', p: { b: { json: answer } } });
});
