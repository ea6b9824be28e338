// Following the log of a build: to its end, over a failure, bounded, and from the beginning of another build.
import { type ImageBuildLog, TtError } from '@tt/protocol';
import { expect, test } from 'vitest';
import { BuildLogTail } from './build-log-tail.ts';

const first = '2026-11-30T12:00:00.000Z';

/** An agent that gives these answers in turn, then waits for ever. */
function clientOf(...answers: (Partial<ImageBuildLog> | TtError)[]) {
  const offsets: (number | undefined)[] = [];
  const buildLog = async ({ offset }: { offset?: number | undefined }): Promise<ImageBuildLog> => {
    offsets.push(offset);
    const answer = answers.shift();
    if (!answer) return new Promise(() => {});
    if (answer instanceof TtError) throw answer;
    const { text = '', offset: from = offset ?? 0 } = answer;
    return { state: 'running', startedAt: first, offset: from, text, nextOffset: from + text.length, ...answer };
  };
  return { client: { image: { buildLog: buildLog as never } }, offsets };
}

test('it is shown as it comes, until the build is over', async () => {
  const { client, offsets } = clientOf(
    { text: 'one\n' },
    { text: 'two\n' },
    { text: 'end\n', state: 'ended' },
    { state: 'ended' },
  );
  const tail = new BuildLogTail(client, 'qemu:made-1:default');
  const stop = tail.start();
  await expect.poll(() => [tail.text, tail.state, tail.isCut]).toEqual(['one\ntwo\nend\n', 'ended', false]);
  await expect.poll(() => offsets).toEqual([0, 4, 8, 12]);
  stop();
});

test('an image that was not built is not asked about again', async () => {
  const { client, offsets } = clientOf({ state: 'none', startedAt: null });
  const tail = new BuildLogTail(client, 'qemu:made-1:default');
  tail.start();
  await expect.poll(() => tail.state).toBe('none');
  expect(offsets).toEqual([0]);
});

test('after a failure it goes on where it stopped, when asked', async () => {
  const gone = new TtError('AGENT_GONE', { call: 'image.buildLog' });
  const { client, offsets } = clientOf({ text: 'one\n' }, gone, { text: 'two\n' });
  const tail = new BuildLogTail(client, 'qemu:made-1:default');
  tail.start();
  await expect.poll(() => tail.failure?.code).toBe('AGENT_GONE');
  const stop = tail.start();
  await expect.poll(() => [tail.text, tail.failure]).toEqual(['one\ntwo\n', null]);
  expect(offsets.slice(0, 3)).toEqual([0, 4, 4]);
  stop();
});

test('of much only the end is kept; what the agent no longer has counts as cut', async () => {
  const lines = (from: number) => Array.from({ length: 1000 }, (_, line) => `line ${from + line}\n`).join('');
  const { client } = clientOf(...Array.from({ length: 12 }, (_, part) => ({ text: lines(part * 1000) })));
  const tail = new BuildLogTail(client, 'qemu:made-1:default');
  const stop = tail.start();
  await expect.poll(() => tail.text.endsWith('line 11999\n')).toBe(true);
  expect([tail.isCut, tail.text.length <= 64 * 1024]).toEqual([true, true]);
  expect(tail.text).toMatch(/^line \d+\n/);
  stop();
  const late = clientOf({ text: 'the end\n', offset: 5000 });
  const other = new BuildLogTail(late.client, 'qemu:made-1:default');
  const stopOther = other.start();
  await expect.poll(() => [other.text, other.isCut]).toEqual(['the end\n', true]);
  stopOther();
});

test('another build is read from its beginning', async () => {
  const again = '2026-11-30T13:00:00.000Z';
  const { client, offsets } = clientOf(
    { text: 'first\n' },
    { text: 'ond\n', startedAt: again },
    { text: 'second\n', startedAt: again },
  );
  const tail = new BuildLogTail(client, 'qemu:made-1:default');
  const stop = tail.start();
  await expect.poll(() => tail.text).toBe('second\n');
  expect(offsets.slice(0, 3)).toEqual([0, 6, 0]);
  stop();
});
