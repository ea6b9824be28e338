// Work is waited for until it ends or the signal aborts, whichever is first, and no failure of the other is left unhandled.
import { expect, it } from 'vitest';
import { unlessAborted } from './unless-aborted.ts';

it('ends as the work does', async () => {
  const { signal } = new AbortController();
  expect(await unlessAborted(Promise.resolve('done'), signal)).toBe('done');
  await expect(unlessAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
});

it('ends with the reason of the signal, also where that has aborted before, and the work may fail later', async () => {
  const abort = new AbortController();
  const work = Promise.withResolvers<string>();
  const waiting = unlessAborted(work.promise, abort.signal);
  abort.abort(new Error('cancelled'));
  await expect(waiting).rejects.toThrow('cancelled');
  const late = Promise.withResolvers<string>();
  await expect(unlessAborted(late.promise, abort.signal)).rejects.toThrow('cancelled');
  work.reject(new Error('broken'));
  late.reject(new Error('broken'));
});
