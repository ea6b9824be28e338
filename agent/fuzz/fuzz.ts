// Test support: gives a border mutated samples for a bounded time (fast-check). A failure names the seed and the shortest input
// that fails; TT_FUZZ_MS and TT_FUZZ_SEED run it for longer, or again.
import fc from 'fast-check';
import { expect } from 'vitest';

/** For each target: a moment in CI, an hour by hand. */
const BUDGET_MS = Number(process.env['TT_FUZZ_MS'] ?? 1500);
const SEED = process.env['TT_FUZZ_SEED'];
/** A border that was given less was not looked at. */
const LEAST_RUNS = 20;

/** Rejects with the input for which `take` rejected. `take` must itself say what a border may answer. */
export async function fuzz<Value>(input: fc.Arbitrary<Value>, take: (value: Value) => Promise<void> | void): Promise<void> {
  let runs = 0;
  const property = fc.asyncProperty(input, async (value) => {
    runs++;
    await take(value);
  });
  await fc.assert(property, {
    numRuns: 100_000_000,
    interruptAfterTimeLimit: BUDGET_MS,
    markInterruptAsFailure: false,
    ...(SEED !== undefined && { seed: Number(SEED) }),
  });
  expect(runs).toBeGreaterThanOrEqual(LEAST_RUNS);
}

/** What code throws that did not look before it leapt. */
export function isSlip(error: unknown): boolean {
  const slips = [TypeError, RangeError, ReferenceError, SyntaxError, EvalError, URIError];
  return !(error instanceof Error) || slips.some((kind) => error.constructor === kind);
}

/** Runs what may refuse its input, with an error meant for that. */
export async function orRefused<Result>(work: () => Promise<Result> | Result): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    if (isSlip(error)) throw error;
    return null;
  }
}

type Edit =
  | { kind: 'set'; at: number; bytes: Uint8Array }
  | { kind: 'insert'; at: number; bytes: Uint8Array }
  | { kind: 'cut'; at: number; length: number }
  | { kind: 'repeat'; at: number; length: number; times: number }
  | { kind: 'end'; at: number };

/** Numbers at which code goes wrong: ends of ranges, signs, what is one too many. */
const EDGES = ['00000000', 'ffffffff', '7fffffff', '80000000', '00000001', 'fffffffffffffffe', '7fffffffffffffff'];

/** Bytes like `sample`, with a few places changed; `words` are put in now and then. */
export function mutated(sample: Uint8Array, words: readonly string[] = []): fc.Arbitrary<Buffer> {
  const at = fc.nat({ max: sample.length });
  const known = [...EDGES.map((hex) => Buffer.from(hex, 'hex')), ...words.map((word) => Buffer.from(word))];
  const bytes = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 16 }), fc.constantFrom<Uint8Array>(...known));
  const length = fc.oneof(fc.nat({ max: 16 }), fc.nat({ max: sample.length }));
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), at, bytes }),
    fc.record({ kind: fc.constant('insert' as const), at, bytes }),
    fc.record({ kind: fc.constant('cut' as const), at, length }),
    fc.record({ kind: fc.constant('repeat' as const), at, length, times: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ kind: fc.constant('end' as const), at }),
  );
  return fc
    .array(edit, { minLength: 1, maxLength: 6 })
    .map((edits) => edits.reduce<Buffer>((before, one) => apply(before, one), Buffer.from(sample)));
}

function apply(before: Buffer, edit: Edit): Buffer {
  const head = before.subarray(0, edit.at);
  if (edit.kind === 'end') return Buffer.from(head);
  if (edit.kind === 'insert') return Buffer.concat([head, edit.bytes, before.subarray(edit.at)]);
  if (edit.kind === 'set') return Buffer.concat([head, edit.bytes, before.subarray(edit.at + edit.bytes.length)]);
  const piece = before.subarray(edit.at, edit.at + edit.length);
  const rest = before.subarray(edit.at + edit.length);
  const times = edit.kind === 'cut' ? 0 : edit.times;
  return Buffer.concat([head, ...Array.from({ length: times }, () => piece), rest]);
}

/** JSON like `sample`, with a few of its values replaced or left out, however deep they lie. */
export function mutatedJson(sample: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(sample);
  const edit = fc.record({ path: fc.constantFrom(...paths), value: fc.option(fc.jsonValue({ maxDepth: 2 })) });
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
    let whole = { value: structuredClone(sample) };
    for (const { path, value } of edits) whole = replaced(whole, ['value', ...path], value) as typeof whole;
    return whole.value;
  });
}

function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  const below =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))
      : [];
  return [[...path], ...below];
}

function replaced(holder: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  // An earlier edit took away what this one was for.
  if (typeof holder !== 'object' || holder === null) return holder;
  const inner: unknown = rest.length === 0 ? value : replaced((holder as Record<string, unknown>)[key], rest, value);
  if (Array.isArray(holder)) return holder.map((item: unknown, index) => (String(index) === key ? inner : item));
  return { ...holder, [key]: inner };
}
