// Answers as oRPC's serializer passes them on: the same JSON as before, without a copy of every object.
import { StandardOpenAPIJsonSerializer } from '@orpc/openapi-client/standard';
import { expect, it } from 'vitest';
import { inOneGo } from './json-answer.ts';

const serializer = new StandardOpenAPIJsonSerializer();
const textOf = (answer: unknown) => JSON.stringify(serializer.serialize(answer)[0]);

it('an answer becomes the JSON that oRPC makes, and none of its parts is copied', () => {
  let copies = 0;
  const part = Object.defineProperty({}, 'seen', { enumerable: true, get: () => ++copies });
  serializer.serialize(inOneGo({ part }));
  expect(copies).toBe(0);
  const answer = {
    text: '"é\u2028',
    none: null,
    left: undefined,
    list: [1, { deep: [true] }, undefined],
    nan: Number.NaN,
  };
  expect(textOf(inOneGo(answer))).toBe(textOf(answer));
});

it('feeds, lists and what is no object stay as they are', () => {
  const feed = (async function* () {})();
  for (const output of [feed, undefined, null, 'text', [1]]) expect(inOneGo(output)).toBe(output);
});
