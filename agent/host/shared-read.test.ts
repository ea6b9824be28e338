// What is read for many at once: never older than the question, one reading at a time, and a failure of one is not the next one's.
import { expect, it } from 'vitest';
import { sharedRead } from './shared-read.ts';

function readings() {
  const begun: PromiseWithResolvers<string>[] = [];
  const ask = sharedRead(() => {
    const reading = Promise.withResolvers<string>();
    begun.push(reading);
    return reading.promise;
  });
  return { begun, ask };
}

it('those who ask while one is under way share the next, and none gets one that began before they asked', async () => {
  const { begun, ask } = readings();
  const first = ask();
  await Promise.resolve();
  const later = [ask(), ask(), ask()];
  expect(begun).toHaveLength(1);
  begun[0]?.resolve('old');
  expect(await first).toBe('old');
  expect(begun).toHaveLength(2);
  begun[1]?.resolve('new');
  expect(await Promise.all(later)).toEqual(['new', 'new', 'new']);
  const again = ask();
  await Promise.resolve();
  expect(begun).toHaveLength(3);
  begun[2]?.resolve('newest');
  expect(await again).toBe('newest');
});

it('one that fails does so for those who share it, and the next is read', async () => {
  const { begun, ask } = readings();
  const first = ask();
  await Promise.resolve();
  const second = ask();
  begun[0]?.reject(new Error('no'));
  await expect(first).rejects.toThrow('no');
  begun[1]?.resolve('yes');
  expect(await second).toBe('yes');
});
