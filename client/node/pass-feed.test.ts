// Passing a feed on: nothing is read while the follower holds an item, and nothing is left when it ends.
import type { FeedItem, TtClient } from '@tt/protocol';
import { expect, it } from 'vitest';
import { passFeed } from './pass-feed.ts';

const item: FeedItem = { kind: 'page', records: {} };

function connectionOf(feed: () => AsyncGenerator<FeedItem>) {
  const done: string[] = [];
  return {
    done,
    client: { event: { follow: async () => feed() } } as unknown as TtClient,
    pause: () => void done.push('pause'),
    resume: () => void done.push('resume'),
    close: () => void done.push('close'),
  };
}

it('reads on only when the follower asks for the next item', async () => {
  const own = connectionOf(async function* () {
    yield* [item, item];
  });
  const feed = passFeed(own, {}, undefined);
  expect(await feed.next()).toEqual({ value: item, done: false });
  expect(own.done).toEqual(['pause']);
  await feed.next();
  expect(own.done).toEqual(['pause', 'resume', 'pause']);
  expect((await feed.next()).done).toBe(true);
  expect(own.done.slice(3)).toEqual(['resume', 'resume', 'close']);
});

it('lets go of the connection when the follower leaves, and when the agent fails', async () => {
  const left = connectionOf(async function* () {
    yield item;
  });
  const feed = passFeed(left, {}, undefined);
  await feed.next();
  await feed.return();
  expect(left.done).toEqual(['pause', 'resume', 'close']);
  const failing = connectionOf(async function* () {
    yield item;
    throw new Error('gone');
  });
  const broken = passFeed(failing, {}, undefined);
  await broken.next();
  await expect(broken.next()).rejects.toThrow('gone');
  expect(failing.done.at(-1)).toBe('close');
});
