// One change to an ENV at a time; a second caller is told immediately what is running.
import { expect, it } from 'vitest';
import { EnvLocks } from './env-locks.ts';

it('names what holds the ENV, and lets go whatever becomes of the work', async () => {
  const locks = new EnvLocks();
  const release = Promise.withResolvers<string>();
  const first = locks.hold('demo', 'env.stop', () => release.promise);
  const busy = { code: 'ENV_BUSY', data: { envName: 'demo', operation: 'env.stop' } };
  await expect(locks.hold('demo', 'env.delete', async () => 'never')).rejects.toMatchObject(busy);
  expect(await locks.hold('other', 'env.start', async () => 'free')).toBe('free');
  release.resolve('done');
  expect([await first, locks.isHeld('demo')]).toEqual(['done', false]);

  await expect(locks.hold('demo', 'vm.start', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const thrown = locks.hold('demo', 'vm.stop', () => {
    throw new Error('at once');
  });
  await expect(thrown).rejects.toThrow('at once');
  expect(locks.isHeld('demo')).toBe(false);
});

it('begins the work in the same turn: nobody gets in between', () => {
  const locks = new EnvLocks();
  const order: string[] = [];
  void locks.hold('demo', 'env.start', async () => void order.push('first'));
  order.push('after');
  expect(order).toEqual(['first', 'after']);
});
