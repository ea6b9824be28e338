// Answers as JSON: each is what the contract says, whatever was answered before, and secrets are not remembered.
import { oc } from '@orpc/contract';
import { ORPCError } from '@orpc/server';
import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { CheckedTexts } from './checked-texts.ts';

const seen = vi.fn();
const call = oc.output(
  z.object({ name: z.string().refine((name) => seen(name) !== false), list: z.array(z.number()).nullable() }),
);
const good = { name: 'é', list: [1] };
const text = '{"name":"é","list":[1]}';

async function textOf(texts: CheckedTexts, output: unknown) {
  return texts.textOf(await texts.checked(output));
}

function checked(keeps: boolean, ...outputs: unknown[]) {
  const texts = new CheckedTexts(call, keeps);
  seen.mockClear();
  return Promise.all(
    outputs.map((output) =>
      textOf(texts, output).then(
        (json) => [json?.text, json?.lengthBytes],
        (error: unknown) => (error instanceof ORPCError ? error.code : error),
      ),
    ),
  );
}

it('is the text of what the contract has, with its length in bytes', async () => {
  expect(await checked(true, good, { ...good, secret: 1 })).toEqual([
    [text, 24],
    [text, 24],
  ]);
});

it('is refused when it is not what the contract says, after good ones too', async () => {
  const wrong = [{ ...good, list: 'x' }, { name: 7, list: null }, null, { name: 'é' }];
  expect(await checked(true, good, ...wrong, good)).toEqual([
    [text, 24],
    ...wrong.map(() => 'INTERNAL_SERVER_ERROR'),
    [text, 24],
  ]);
});

it('is checked once as long as it stays the same, and each time where it may hold a secret', async () => {
  const texts = new CheckedTexts(call, true);
  seen.mockClear();
  const first = await textOf(texts, good);
  expect(await textOf(texts, { ...good })).toBe(first);
  expect(seen).toHaveBeenCalledTimes(1);
  expect((await textOf(texts, { ...good, name: 'b' }))?.text).toBe('{"name":"b","list":[1]}');
  expect((await textOf(texts, good))?.text).toBe(text);
  expect(seen).toHaveBeenCalledTimes(3);
  await checked(false, good, good);
  expect(seen).toHaveBeenCalledTimes(2);
});

it('is seen by what is around the call as it is, and is of its own text only', async () => {
  const texts = new CheckedTexts(call, true);
  const [one, other] = [await texts.checked({ ...good, secret: 1 }), await texts.checked({ ...good, name: 'b' })];
  expect([one, other]).toEqual([good, { ...good, name: 'b' }]);
  expect([texts.textOf(one)?.text, texts.textOf(other)?.text]).toEqual([text, '{"name":"b","list":[1]}']);
});

it('is nothing where a call answers nothing', async () => {
  expect(await textOf(new CheckedTexts(oc.output(z.void()), true), undefined)).toBeUndefined();
});
