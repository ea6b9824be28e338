// A log line written deep inside a call carries the call's id, and lines of concurrent calls are never mixed up.
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { localAdmin, makeLogger } from '@tt/server';
import { beforeEach, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { currentRequestId, requestFields, runInRequest } from './request-scope.ts';

let lines: Record<string, unknown>[];
beforeEach(() => {
  lines = [];
});
const target = { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) };
const makeLog = () => makeLogger({ level: 'info', file: null, mixin: requestFields, target });

it('goes with whatever a call waits for: timers, programs, events, promises made inside', async () => {
  const logger = makeLog();
  const driver = logger.child({ driver: 'qmp' });
  const bus = new EventEmitter();
  async function deep(): Promise<void> {
    await delay(1);
    await runCommand('true', [], { timeoutMs: 5_000 });
    const heard = once(bus, 'answer');
    setImmediate(() => bus.emit('answer'));
    await heard;
    await Promise.all([1, 2].map(async (part) => driver.info({ part }, 'asked')));
  }
  await runInRequest({ requestId: 'click-1', caller: { name: 'ann', role: 'user' } }, deep);
  expect(lines.map(({ part, requestId, caller, driver: by }) => [part, requestId, caller, by])).toEqual([
    [1, 'click-1', 'ann', 'qmp'],
    [2, 'click-1', 'ann', 'qmp'],
  ]);
});

it('keeps calls apart that run at the same time, and work that goes on after its call', async () => {
  const logger = makeLog();
  const goOn = Promise.withResolvers<void>();
  const call = (requestId: string) =>
    runInRequest({ requestId, caller: localAdmin }, () => {
      const later = goOn.promise.then(async () => {
        await delay(1);
        logger.info({ expected: requestId }, 'after the call');
      });
      return { later };
    });
  const works = ['a', 'b', 'c'].map(call);
  expect(currentRequestId()).toBeNull();
  goOn.resolve();
  await Promise.all(works.map(({ later }) => later));
  expect(lines.map(({ requestId }) => requestId)).toEqual(lines.map(({ expected }) => expected));
  expect(lines).toHaveLength(3);
});

it('leaves the agent’s own work without an id, and what a line says itself as it is', () => {
  const logger = makeLog();
  logger.info('own work');
  runInRequest({ requestId: 'outer', caller: localAdmin }, () => {
    logger.info({ requestId: 'said' }, 'says itself');
    runInRequest({ requestId: 'inner', caller: localAdmin }, () => logger.info('inner'));
    logger.info('outer again');
  });
  expect(lines.map(({ requestId }) => requestId)).toEqual([undefined, 'said', 'inner', 'outer']);
});
