// Operations: run once per id, keep their result, can be cancelled where that is possible, and end before the agent does.
import { type Operation, TtError } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { diskFullError } from '../storage/disk-full-error.ts';
import { EventLog } from '../events/event-log.ts';
import { Pages } from '../events/pages.ts';
import { noRecords, testHost } from '../events/test-picture.ts';
import { type OperationContext, OperationRegistry, type OperationStart } from './operation-registry.ts';

const HOUR_MS = 60 * 60 * 1000;

function makeRegistry() {
  let clock = Date.parse('2026-11-21T10:00:00Z');
  const now = () => new Date(clock);
  const log = new EventLog('host-1', now);
  const internal: unknown[] = [];
  const registry = new OperationRegistry({
    log,
    now,
    diskFull: (subject) => diskFullError(subject, 0),
    onInternal: (error) => internal.push(error),
  });
  const start = (id: string | undefined = 'op', about: Partial<OperationStart> = {}): OperationStart => ({
    id,
    kind: 'env.create',
    subject: { envName: 'demo' },
    ...about,
  });
  const told = async (): Promise<string[]> => {
    const abort = new AbortController();
    const texts: string[] = [];
    const feed = log.follow(
      { name: 'local', role: 'admin' },
      () => ({ host: testHost(), pages: new Pages(noRecords) }),
      { revision: 0, source: log.source },
      abort.signal,
    );
    while (texts.length < log.revision) {
      const { value } = await feed.next();
      if (value?.kind === 'event' && value.event.type === 'operation.updated') texts.push(textOf(value.event.data));
    }
    abort.abort();
    return texts;
  };
  return { registry, start, told, internal, pass: (ms: number) => (clock += ms), log };
}

function textOf({ state, step, progress, cancellable }: Operation): string {
  const words = step && [step.code, ...Object.values(step.data)].join(' of ');
  return [state, words, progress && `${progress.done}/${progress.total}`, cancellable ? '' : 'final']
    .filter(Boolean)
    .join(' ');
}

/** Work that waits until the test lets it go on, and meanwhile gives up when cancelled. */
function held() {
  const release = Promise.withResolvers<string>();
  const reached = Promise.withResolvers<OperationContext>();
  const work = async (context: OperationContext) => {
    reached.resolve(context);
    const aborted = new Promise<never>((_resolve, reject) => {
      context.signal.addEventListener('abort', () => reject(new Error('torn down')));
    });
    return Promise.race([release.promise, aborted]);
  };
  return { work, reached: reached.promise, release: release.resolve };
}

describe('an operation', () => {
  it('is told from its start to its end, step by step', async () => {
    const { registry, start, told } = makeRegistry();
    const result = registry.run(start(), async (context) => {
      context.step('downloadingPackages', { done: 1, total: 2 }, { packages: 'busybox' });
      context.noReturn();
      context.noReturn();
      context.step('starting');
      return 7;
    });
    expect(await result).toBe(7);
    expect(await told()).toEqual([
      'running',
      'running downloadingPackages of busybox 1/2',
      'running downloadingPackages of busybox 1/2 final',
      'running starting final',
      'succeeded starting final',
    ]);
    expect(registry.list()[0]).toMatchObject({
      id: 'op',
      kind: 'env.create',
      subject: { envName: 'demo' },
      error: null,
      endedAt: '2026-11-21T10:00:00.000Z',
    });
  });

  it('runs once per id: at the same time, after it ended, and when it failed', async () => {
    const { registry, start } = makeRegistry();
    const { work, release } = held();
    let runs = 0;
    const counted = (context: OperationContext) => {
      runs++;
      return work(context);
    };
    const both = [registry.run(start(), counted), registry.run(start(), counted)];
    release('made');
    expect(await Promise.all(both)).toEqual(['made', 'made']);
    expect(await registry.run(start(), counted)).toBe('made');
    expect(runs).toBe(1);

    const failure = new TtError('ENV_NAME_TAKEN', { envName: 'demo' });
    await expect(registry.run(start('bad'), () => Promise.reject(failure))).rejects.toBe(failure);
    await expect(registry.run(start('bad'), async () => 'never')).rejects.toBe(failure);
  });

  it('gets an id of its own when a human asks without one', async () => {
    const { registry, start } = makeRegistry();
    await registry.run({ ...start(), id: undefined }, async () => 1);
    await registry.run({ ...start(), id: undefined }, async () => 2);
    expect(new Set(registry.list().map(({ id }) => id)).size).toBe(2);
  });

  it('fails with its code; what has none is INTERNAL, told to the log and not to the client', async () => {
    const { registry, start, internal } = makeRegistry();
    const fault = new Error('at /secret/path');
    await expect(registry.run(start(), () => Promise.reject(fault))).rejects.toMatchObject({
      code: 'INTERNAL',
      data: { requestId: 'op' },
    });
    expect(internal).toEqual([fault]);
    expect(registry.list()[0]).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } });
    expect(JSON.stringify(registry.list())).not.toContain('secret');
  });

  it('is remembered for an hour after its end, and however long it runs', async () => {
    const { registry, start, pass } = makeRegistry();
    const { work, release } = held();
    const long = registry.run(start('long'), work);
    await registry.run(start('short'), async () => 1);
    pass(HOUR_MS);
    expect(registry.list().map(({ id }) => id)).toEqual(['long', 'short']);
    pass(1);
    expect(registry.list().map(({ id }) => id)).toEqual(['long']);
    release('done');
    await long;
    expect(await registry.run(start('short'), async () => 2)).toBe(2);
  });

  it('is remembered with no more than 200 others of its caller, that run or have ended', async () => {
    const { registry, start } = makeRegistry();
    const { work, release } = held();
    const running = registry.run(start('running', { callerName: 'ann' }), work);
    await registry.run(start('his', { callerName: 'bob' }), async () => 0);
    for (let n = 0; n < 1000; n++) await registry.run(start(`op-${n}`, { callerName: 'ann' }), async () => n);
    const ids = registry.list().map(({ id }) => id);
    expect([ids.length, ids[0], ids[1], ids[2], ids.at(-1)]).toEqual([202, 'running', 'his', 'op-800', 'op-999']);
    release('done');
    await running;
  });
});

describe('cancelling', () => {
  it('aborts the work, and its call answers OPERATION_CANCELLED whatever the work then threw', async () => {
    const { registry, start, told } = makeRegistry();
    const { work, reached } = held();
    const run = registry.run(start(), work);
    const context = await reached;
    expect(registry.cancel('op')).toMatchObject({ state: 'running', step: { code: 'cancelling', data: {} } });
    expect(context.signal.aborted).toBe(true);
    registry.cancel('op');
    await expect(run).rejects.toMatchObject({ code: 'OPERATION_CANCELLED', data: { operation: 'env.create' } });
    expect((await told()).at(-1)).toBe('cancelled cancelling final');
  });

  it('is refused for what is unknown, has ended, has passed the point of no return, or must run to its end', async () => {
    const { registry, start } = makeRegistry();
    expect(() => registry.cancel('nothing')).toThrow(expect.objectContaining({ code: 'OPERATION_NOT_FOUND' }));
    await registry.run(start('ended'), async () => 1);
    const past = held();
    const pastRun = registry.run(start('past'), past.work);
    (await past.reached).noReturn();
    const must = held();
    const mustRun = registry.run(start('must', { cancellable: false }), must.work);
    for (const id of ['ended', 'past', 'must']) {
      expect(() => registry.cancel(id)).toThrow(expect.objectContaining({ code: 'OPERATION_NOT_CANCELLABLE' }));
    }
    past.release('a');
    must.release('b');
    expect([await pastRun, await mustRun]).toEqual(['a', 'b']);
  });
});

describe('draining', () => {
  it('cancels what can be, waits for the rest, and lets nothing new begin', async () => {
    const { registry, start } = makeRegistry();
    const [soft, hard] = [held(), held()];
    const softRun = registry.run(start('soft'), soft.work).catch((error: TtError) => error.code);
    const hardRun = registry.run(start('hard', { cancellable: false }), hard.work);
    let drained = false;
    const draining = registry.drain().then(() => (drained = true));
    expect(await softRun).toBe('OPERATION_CANCELLED');
    const late = registry.run(start('late'), async () => 'too late');
    await expect(late).rejects.toMatchObject({ code: 'AGENT_GONE', data: { call: 'env.create' } });
    expect(drained).toBe(false);
    hard.release('done');
    await draining;
    expect([await hardRun, registry.list().map(({ id }) => id)]).toEqual(['done', ['soft', 'hard']]);
  });

  it('still gives results of what has ended', async () => {
    const { registry, start } = makeRegistry();
    await registry.run(start(), async () => 'kept');
    await registry.drain();
    expect(await registry.run(start(), async () => 'again')).toBe('kept');
  });
});

it('an id repeats only the same kind of work of the same caller; others get a run of their own', async () => {
  const { registry, start } = makeRegistry();
  const run = (about: object, answer: string) => registry.run(start('same', about), async () => answer);
  expect(await run({ callerName: 'ann' }, 'hers')).toBe('hers');
  expect(await run({ callerName: 'ann' }, 'again')).toBe('hers');
  expect(await run({ callerName: 'bob' }, 'his')).toBe('his');
  expect(await run({ callerName: 'ann', kind: 'env.stop' }, 'stopped')).toBe('stopped');
  expect(new Set(registry.list().map(({ id }) => id)).size).toBe(3);
});
