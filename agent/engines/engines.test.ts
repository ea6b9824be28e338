// The set of engines: which one an image or a VM belongs to, which are usable, and why the others are not.
import { quoted, reason } from '@tt/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { Engines } from './engines.ts';
import { FakeEngine } from './fake-engine.ts';
import { loadEngines } from './load.ts';

const red = new FakeEngine({ name: 'red' });
const blue = new FakeEngine({ name: 'blue' });
const green = new FakeEngine({ name: 'green' });
let told: string[];
let engines: Engines;

beforeEach(async () => {
  told = [];
  engines = new Engines(
    [
      { engine: red, use: 'enabled', standsInFor: [{ name: 'older', prefixes: ['old'] }] },
      { engine: blue, use: 'enabled' },
      { engine: green, use: 'disabled' },
    ],
    (engine, error) => told.push(`${engine.name}: ${String(error)}`),
  );
  blue.failNext('init', 'ENGINE_MISSING');
  await engines.init();
});

const thrown = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('an image', () => {
  it('is run by the engine its name begins with, or the one that stands in for it', () => {
    expect([engines.ownerOf('red:a-1:b').name, engines.ownerOf('old:a-1:b').name]).toEqual(['red', 'red']);
    expect([engines.forPrefix('red').name, engines.imageProblem('red:a-1:b')]).toEqual(['red', null]);
    expect(engines.fallback().name).toBe('red');
  });

  it('of an engine that can’t be used is refused with the reason', () => {
    const missing = { code: 'ENGINE_MISSING', data: { engine: 'blue', reason: { quote: 'init was told to fail' } } };
    expect(thrown(() => engines.forPrefix('blue'))).toMatchObject(missing);
    expect(engines.imageProblem('blue:a-1:b')).toMatchObject(missing);
    expect(engines.imageProblem('green:a-1:b')).toMatchObject({
      code: 'ENGINE_MISSING',
      data: { engine: 'green', reason: { code: 'engineDisabled' } },
    });
    expect(told).toEqual(['blue: EngineError: init was told to fail']);
  });

  it('of an unknown engine is refused with the known ones, close ones first', () => {
    const known = ['red', 'old', 'blue', 'green'];
    expect(thrown(() => engines.ownerOf('blu:a-1:b'))).toMatchObject({
      code: 'ENGINE_UNKNOWN',
      data: { engine: 'blu', known, suggestions: expect.arrayContaining(['blue']) as string[] },
    });
    expect(thrown(() => engines.ownerOf('constructor:a-1:b'))).toMatchObject({
      code: 'ENGINE_UNKNOWN',
      data: { known, suggestions: [] },
    });
  });
});

it('a VM keeps its engine, whether that starts more of them or not', () => {
  const names = ['red', 'blue', 'green'];
  expect(names.map((engine) => engines.named(engine).name)).toEqual(names);
  expect(names.map((name) => (thrown(() => engines.usable(name)) as { code?: string }).code)).toEqual([
    undefined,
    'ENGINE_MISSING',
    'ENGINE_MISSING',
  ]);
  expect(engines.forCapsule('older').name).toBe('red');
  expect(thrown(() => engines.named('pink'))).toMatchObject({ code: 'ENGINE_UNKNOWN' });
});

it('people are told of those that are enabled or switched off, and what is known of each', () => {
  expect(engines.list().map(({ engine, ...status }) => [engine.name, status])).toEqual([
    ['red', { prefixes: ['red', 'old'], isReady: true, problem: null }],
    ['blue', { prefixes: ['blue'], isReady: false, problem: quoted('engine.ENGINE_MISSING', 'init was told to fail') }],
    ['green', { prefixes: ['green'], isReady: false, problem: reason('engineDisabled') }],
  ]);
});

it('alone, the fake engine runs the images of all others; beside none of it is heard', () => {
  const of = (...names: ('qemu' | 'fake')[]) => new Engines(loadEngines(names, { stateDirectory: '/nowhere' }));
  const trial = of('fake');
  expect([trial.ownerOf('qemu:a-1:b').name, trial.forCapsule('qemu').name]).toEqual(['fake', 'fake']);
  expect(trial.list().map(({ engine }) => engine.name)).toEqual(['fake']);
  const real = of('qemu');
  expect(real.list().map(({ engine }) => engine.name)).toEqual(['qemu']);
});
