// Host startup and image builds as clients see them: with progress and reasons, cancellable, and never blocking the agent's
// shutdown.
import { randomUUID } from 'node:crypto';
import { type Host, type OperationKind, quoted } from '@tt/protocol';
import { afterEach, expect, it } from 'vitest';
import { FakeEngine } from '../engines/fake-engine.ts';
import type { BuildContext, Recipe } from '../images/recipe.ts';
import { makeTestImage, TINY_IMAGE } from '../testing/image-folder.ts';
import { startTestAgent, type TestAgent, type TestAgentOptions } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';
import { BuildError } from '../images/build-error.ts';

let agent: TestAgent;
afterEach(() => agent.stop());
const start = async (options: TestAgentOptions) => {
  agent = await startTestAgent(options);
};

const madeName = 'qemu:made-1:default';
const recipe = (build: Recipe['build']): Recipe => ({
  name: madeName,
  directoryName: 'made-1',
  memo: 'Made in a test.',
  features: ['serial'],
  defaultLogin: null,
  minMemoryMiB: 64,
  minDiskMiB: 512,
  firmware: 'bios',
  builtAtStart: true,
  build,
});
const goodBuild = ({ outputDirectory, onProgress }: BuildContext) => {
  onProgress({ step: 'downloading', done: 1, total: 2 });
  return makeTestImage(outputDirectory, { name: madeName });
};
/** A build that waits, until the test ends it or it is cancelled. */
function heldBuild() {
  const reached = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const build = async (context: BuildContext) => {
    context.onProgress({ step: 'downloading', done: 0, total: 2 });
    reached.resolve();
    await Promise.race([
      release.promise,
      new Promise((_resolve, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason))),
    ]);
    return makeTestImage(context.outputDirectory, { name: madeName });
  };
  return { build, reached: reached.promise, release: release.resolve };
}

const startup = ({ startup: steps }: Host) =>
  Object.fromEntries(
    steps.map(({ step, state, names, failure }) => [step, `${state}: ${failure?.message ?? names.join(', ')}`]),
  );
const shown = async () => startup(await agent.client.host.show());
const settled = (image: string) =>
  until('the host is ready', async () => (await shown())['image']?.startsWith(image) ?? false);

it('finds the engine and builds what is missing', async () => {
  await start({ config: { prepareImages: true }, recipes: [recipe(goodBuild)] });
  await settled('done');
  expect(await shown()).toEqual({
    engine: 'done: fake',
    acceleration: 'done: TCG',
    image: `done: qemu:debian-12:default, ${madeName}, ${TINY_IMAGE}`,
  });
  expect((await agent.client.host.show()).engines[0]?.acceleration).toEqual({
    kind: 'tcg',
    reason: { code: 'accelerationFake', data: {}, quote: null },
  });
});

it('tells followers each step of a build', async () => {
  await start({ recipes: [recipe(goodBuild)] });
  expect(await agent.client.image.build({ name: madeName })).toMatchObject({ name: madeName, state: 'ready' });
  const told = () =>
    agent.feed.flatMap((item) => {
      if (item.kind !== 'event') return [];
      const { event } = item;
      if (event.type === 'image.updated') return [`${event.data.name} ${event.data.state}`];
      return event.type === 'operation.updated'
        ? [`${event.data.kind} ${event.data.state} ${event.data.step?.code ?? ''}`]
        : [];
    });
  await until('all is told', () => told().length === 5);
  expect(told()).toEqual([
    'image.build running ',
    `${madeName} building`,
    'image.build running downloading',
    `${madeName} ready`,
    'image.build succeeded downloading',
  ]);
});

/** The steps that followers were told of operations of a kind. */
const stepsOf = (kind: OperationKind) =>
  agent.feed.flatMap((item) =>
    item.kind === 'event' && item.event.type === 'operation.updated' && item.event.data.kind === kind
      ? [item.event.data.step]
      : [],
  );
const isWaiting = (kind: OperationKind = 'env.create') =>
  stepsOf(kind).some((step) => step?.code === 'waitingForImage' && step.data?.['image'] === madeName);

it('answers calls while it builds; what needs the image waits for it, unless told not to', async () => {
  const { build, reached, release } = heldBuild();
  await start({ config: { prepareImages: true }, recipes: [recipe(build)] });
  await reached;
  expect((await shown())['image']).toBe(`working: ${madeName}`);
  const groups = [{ osPrefix: 'made' }];
  const notReady = { code: 'IMAGE_NOT_READY', data: { imageName: madeName, state: 'building' } };
  await expect(agent.client.env.create({ name: 'a', groups, wait: false })).rejects.toMatchObject(notReady);
  await agent.client.env.create({ name: 'b', groups: [{ osPrefix: 'tiny' }] });
  await expect(agent.client.env.addVms({ name: 'b', groups, wait: false })).rejects.toMatchObject(notReady);
  const created = agent.client.env.create({ name: 'a', groups });
  const added = agent.client.env.addVms({ name: 'b', groups });
  const built = agent.client.image.build({ name: madeName });
  await expect(agent.client.profile.create({ name: 'p', image: 'made', wait: false })).rejects.toMatchObject(notReady);
  const profile = agent.client.profile.create({ name: 'p', image: 'made' });
  await until(
    'the waits are shown',
    () => isWaiting('env.create') && isWaiting('env.addVms') && isWaiting('profile.create'),
  );
  // Who waits holds nothing.
  const [vm] = (await agent.client.env.show({ name: 'b' })).vms;
  await agent.client.vm.stop({ vmId: vm?.id ?? '', graceS: 0 });
  expect((await agent.client.env.list()).envs.map(({ name }) => name)).toEqual(['b']);
  release();
  expect((await created).vms).toMatchObject([{ name: 'a/made-1-1', state: 'running' }]);
  expect((await added).vms).toHaveLength(2);
  expect(await profile).toMatchObject({ name: 'p', image: madeName });
  expect(await built).toMatchObject({ name: madeName, state: 'ready' });
  await settled('done');
});

it('waits for an image whose build has not begun', async () => {
  const engine = new FakeEngine();
  const probed = Promise.withResolvers<void>();
  const probe = engine.init.bind(engine);
  engine.init = () => probed.promise.then(probe);
  await start({ config: { prepareImages: true }, recipes: [recipe(goodBuild)], makeEngine: () => engine });
  const created = agent.client.env.create({ name: 'a', groups: [{ osPrefix: 'made' }] });
  probed.resolve();
  expect((await created).vms).toMatchObject([{ state: 'running' }]);
});

it('tells who waits why the image could not be built, and lets a wait be cancelled; nothing is made', async () => {
  const end = Promise.withResolvers<never>();
  end.promise.catch(() => {});
  await start({ config: { prepareImages: true }, recipes: [recipe(() => end.promise)] });
  const groups = [{ osPrefix: 'made' }];
  const operationId = randomUUID();
  const cancelled = agent.client.env.create({ name: 'a', groups, operationId });
  await until('the wait is shown', () => isWaiting());
  await agent.client.operation.cancel({ operationId });
  await expect(cancelled).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
  const failed = agent.client.env.create({ name: 'b', groups });
  failed.catch(() => {});
  await until(
    'the second wait is shown',
    () => stepsOf('env.create').filter((step) => step?.code === 'waitingForImage').length > 1,
  );
  end.reject(new BuildError(quoted('reported', 'no route to the mirror'), 'checkNetwork'));
  await expect(failed).rejects.toMatchObject({ code: 'IMAGE_BUILD_FAILED' });
  await settled('failed');
  expect(agent.takeFaults()).toHaveLength(1);
  expect((await agent.client.env.list()).envs).toEqual([]);
});

it('says why an image could not be built, goes on without it, and builds it when asked again', async () => {
  let fails = true;
  const failure = new BuildError(quoted('reported', 'no route to the mirror'), 'checkNetwork');
  await start({
    config: { prepareImages: true },
    recipes: [recipe((context) => (fails ? Promise.reject(failure) : goodBuild(context)))],
  });
  await settled('failed');
  expect((await shown())['image']).toBe(
    `failed: Building ${madeName} failed at “Starting”: an error was reported. Details: “no route to the mirror”`,
  );
  expect(agent.takeFaults().map(({ msg }) => msg)).toEqual(['could not prepare an image']);
  await expect(agent.client.image.build({ name: 'qemu:none-1:default' })).rejects.toMatchObject({
    code: 'IMAGE_NOT_FOUND',
  });
  fails = false;
  expect(await agent.client.image.build({ name: madeName })).toMatchObject({ state: 'ready', problem: null });
});

it('a build that is cancelled leaves the image absent', async () => {
  const { build, reached } = heldBuild();
  await start({ recipes: [recipe(build)] });
  const operationId = randomUUID();
  const building = agent.client.image.build({ name: madeName, operationId });
  await reached;
  await agent.client.operation.cancel({ operationId });
  await expect(building).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
  const { images } = await agent.client.image.list();
  expect(images.find(({ name }) => name === madeName)).toMatchObject({ state: 'absent', problem: null });
});

it('an engine that is not there is said to be missing, and nothing is built', async () => {
  await start({
    config: { prepareImages: true },
    recipes: [recipe(() => Promise.reject(new Error('never asked')))],
    makeEngine(host) {
      const engine = new FakeEngine({ host });
      engine.failNext('init', 'ENGINE_MISSING');
      return engine;
    },
  });
  expect(await shown()).toEqual({
    engine:
      'failed: The engine fake can’t be used on this host: its program is missing or does not run. Details: “init was told to fail”',
    acceleration: 'waiting: ',
    image: 'waiting: ',
  });
});

it('an agent that ends does not wait for a build', async () => {
  const { build, reached } = heldBuild();
  await start({ config: { prepareImages: true }, recipes: [recipe(build)] });
  await reached;
  await agent.stop();
});

it('an agent that ends while it still looks for its engine begins no build', async () => {
  const found = Promise.withResolvers<void>();
  let built = false;
  await start({
    config: { prepareImages: true },
    recipes: [
      recipe((context) => {
        built = true;
        return goodBuild(context);
      }),
    ],
    makeEngine(host) {
      const engine = new FakeEngine({ host });
      engine.init = () => found.promise;
      return engine;
    },
  });
  const stopping = agent.stop();
  found.resolve();
  await stopping;
  expect(built).toBe(false);
});
