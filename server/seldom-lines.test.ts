// Lines that others can cause: one per minute of each kind, with the number of omitted ones.
import { expect, it } from 'vitest';
import { SeldomLines } from './seldom-lines.ts';

it('writes one line a minute of each kind, and says how many it left out', () => {
  let time = 0;
  const lines = new SeldomLines(() => time);
  const written: string[] = [];
  const say = (kind: string) => lines.say(kind, (leftOut) => written.push(`${kind} ${leftOut}`));
  for (const kind of ['a', 'a', 'b', 'a']) say(kind);
  time = 59_999;
  say('a');
  expect(written).toEqual(['a 0', 'b 0']);
  time = 60_000;
  for (const kind of ['a', 'b', 'a']) say(kind);
  expect(written.slice(2)).toEqual(['a 3', 'b 0']);
});

it('remembers a limited number of kinds, and forgets the oldest first', () => {
  const lines = new SeldomLines(() => 0);
  let written = 0;
  const say = (kind: number) => lines.say(String(kind), () => written++);
  for (let kind = 0; kind <= 1000; kind++) say(kind);
  for (const kind of [1000, 1, 0]) say(kind);
  expect(written).toBe(1002);
});
