// What structured clone carries comes back the same; what it refuses is refused.
import { expect, it } from 'vitest';
import { createCodec } from './codec.ts';

const { encode, decode } = createCodec();

it('carries what structured clone carries', () => {
  const value = {
    text: 'ü 环境',
    numbers: [0, -1.5, Number.NaN, Number.POSITIVE_INFINITY],
    nothing: [null, undefined],
    big: 2n ** 70n,
    when: new Date(0),
    bytes: Uint8Array.from({ length: 70_000 }, (_, index) => index % 256),
    map: new Map([['t', { t: 'object', v: 1 }]]),
    set: new Set([1]),
    tagged: { t: 'date', v: 'not a date' },
  };
  expect(decode(encode(value))).toEqual(value);
  expect(decode(encode(new TypeError('no')))).toMatchObject({ name: 'TypeError', message: 'no' });
});

it('refuses what can not be cloned', () => {
  expect(() => encode({ call: () => 1 })).toThrow('could not be cloned');
  const cycle: unknown[] = [];
  cycle.push(cycle);
  expect(() => encode(cycle)).toThrow('not modelled');
});

it('needs nothing from outside itself, so that pages can run it', () => {
  // oxlint-disable-next-line typescript/no-implied-eval -- that it stands alone is what is tested
  const alone = new Function(`return (${createCodec.toString()})()`)() as ReturnType<typeof createCodec>;
  expect(alone.decode(encode({ a: [1] }))).toEqual({ a: [1] });
});
