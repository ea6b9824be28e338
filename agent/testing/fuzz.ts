// Test support: gives a border mutated samples for a bounded time (fast-check). A failure names the seed and the shortest input
// that fails; TT_FUZZ_MS and TT_FUZZ_SEED run it for longer, or again.
import { connect } from 'node:net';
import * as fc from 'fast-check';

/** For each target: a moment in CI, an hour by hand. */
const BUDGET_MS = Number(process.env['TT_FUZZ_MS'] ?? 700);
/** The same for all targets of a run, so that it can be repeated. */
const SEED = Number(process.env['TT_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** A border that was given less was not looked at. */
const LEAST_RUNS = 20;
/** Of one input, on a busy machine: more, and a few bytes of a stranger keep everybody waiting. */
const SLOWEST_MS = 10_000;
const SHOWN_CHARACTERS = 3000;

/** For `it`. Not tried again: other inputs would hide what was found. */
export const fuzzing = { timeout: 2 * BUDGET_MS + 120_000, retry: 0 };

/**
 * Gives inputs to `take` until the time has passed, at least 20. `take` must itself say what a border may answer. Rejects with the
 * shortest input found for which it rejected, and with the seed that finds it again.
 */
export async function fuzz<Value>(
  input: fc.Arbitrary<Value>,
  take: (value: Value) => Promise<void> | void,
): Promise<void> {
  const property = fc.asyncProperty(input, async (value) => {
    const from = performance.now();
    await take(value);
    const tookMs = performance.now() - from;
    if (tookMs > SLOWEST_MS) throw new Error(`took ${Math.round(tookMs)} ms`);
  });
  await check(property, { seed: SEED, numRuns: LEAST_RUNS });
  const limits = { interruptAfterTimeLimit: BUDGET_MS, markInterruptAsFailure: false };
  await check(property, { seed: SEED + 1, numRuns: 1_000_000_000, ...limits });
}

async function check<Value>(property: fc.IAsyncProperty<Value>, parameters: fc.Parameters<Value>): Promise<void> {
  const { failed, counterexample, errorInstance } = await fc.check(property, parameters);
  if (!failed) return;
  const shown = fc.stringify(counterexample).slice(0, SHOWN_CHARACTERS);
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  throw new Error(`${why}\nfound with TT_FUZZ_SEED=${SEED}, input: ${shown}`, { cause: errorInstance });
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

const LONGEST_SHOWN = 300;

/** Bytes like `sample`, with a few places changed; `words` are put in now and then. */
export function mutated(sample: Uint8Array, words: readonly string[] = []): fc.Arbitrary<Buffer> {
  const at = fc.oneof(fc.nat({ max: sample.length }), fc.constantFrom(...fieldsIn(sample)));
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
  return fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) => {
    const bytes = edits.reduce<Buffer>((before, one) => apply(before, one), Buffer.from(sample));
    // Of a failure: thousands of numbers say less than what was changed.
    const shown = () =>
      bytes.length > LONGEST_SHOWN ? `the sample with ${fc.stringify(edits)}` : fc.stringify([...bytes]);
    return Object.assign(bytes, { [fc.toStringMethod]: shown });
  });
}

/** Where numbers and texts begin, most likely: a sample may be mostly empty, and changes there are seldom looked at. */
function fieldsIn(sample: Uint8Array): number[] {
  const used = [...sample.keys()].filter((index) => sample[index] !== 0);
  return [
    ...new Set([0, ...used, ...used.map((index) => index - (index % 4)), ...used.map((index) => index - (index % 8))]),
  ];
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

/**
 * JSON like `sample`, with a few of its values replaced or left out, however deep they lie: by any other, or by one that stands
 * elsewhere in it under the same key, which a schema lets pass.
 */
export function mutatedJson(sample: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(sample);
  const kin = (path: readonly string[]) => paths.filter((other) => isKin(other, path)).map((at) => valueAt(sample, at));
  const edit = fc.constantFrom(...paths).chain((path) => {
    const value = fc.oneof(fc.option(fc.jsonValue({ maxDepth: 2 })), fc.constantFrom(...kin(path)));
    return fc.record({ path: fc.constant(path), value });
  });
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

/** Whether both end with the same key, and are items of a list or not. */
function isKin(one: readonly string[], other: readonly string[]): boolean {
  const kindOf = (path: readonly string[]) => path.slice(-2).map((key) => (/^\d+$/.test(key) ? '#' : key));
  const [a, b] = [kindOf(one), kindOf(other)];
  return a.at(-1) === b.at(-1) && (a.at(-1) !== '#' || a[0] === b[0]);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((inner, key) => (inner as Record<string, unknown>)[key], value);
}

function replaced(holder: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  // An earlier edit took away what this one was for.
  if (typeof holder !== 'object' || holder === null) return holder;
  const inner: unknown = rest.length === 0 ? value : replaced((holder as Record<string, unknown>)[key], rest, value);
  if (Array.isArray(holder)) return holder.map((item: unknown, index) => (String(index) === key ? inner : item));
  return { ...holder, [key]: inner };
}

/** A server that has said nothing for so long says nothing. */
const SILENCE_MS = 100;

/** All that a server says to raw bytes until it closes, or is silent. */
export function answerTo(url: string, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const { port, hostname } = new URL(url);
    const socket = connect({ port: Number(port), host: hostname });
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', (piece) => (text += piece.toString('latin1')));
    socket.on('close', () => resolve(text));
    socket.write(bytes);
  });
}
