// The test host must refuse what it would otherwise wave through.
import { describe, expect, it } from 'vitest';
import { checkEvent, strict } from './not-modelled.ts';
import { refusals } from './window-rules.ts';

const good = { preload: '/p.cjs', contextIsolation: true, sandbox: true, nodeIntegration: false };

describe('refusals', () => {
  it('takes the secure defaults', () => {
    expect(refusals({ webPreferences: good })).toEqual([]);
  });

  it.each([
    [{}, 'webPreferences are missing'],
    [{ webPreferences: { ...good, nodeIntegration: true } }, 'nodeIntegration must be false'],
    [{ webPreferences: { ...good, contextIsolation: false } }, 'contextIsolation must be true'],
    [{ webPreferences: { ...good, sandbox: false } }, 'sandbox must be true'],
    [{ webPreferences: { preload: '/p.cjs', contextIsolation: true, nodeIntegration: false } }, 'sandbox must be true'],
    [{ webPreferences: { ...good, webSecurity: false } }, 'webSecurity must not be false'],
    [{ webPreferences: { ...good, webviewTag: true } }, 'webviewTag must not be true'],
    [{ webPreferences: { ...good, partition: 'x' } }, 'partition is not modelled'],
  ])('refuses %j', (options, problem) => {
    expect(refusals(options)).toEqual([problem]);
  });
});

describe('strict', () => {
  it('throws for what is not modelled, and leaves the rest as it is', async () => {
    class Counter {
      #count = 1;
      next(): number {
        return this.#count++;
      }
    }
    const counter = strict('counter', new Counter());
    expect([counter.next(), counter.next()]).toEqual([1, 2]);
    expect(await Promise.resolve(counter)).toBe(counter);
    expect(() => Reflect.get(counter, 'reset')).toThrow('counter.reset is not modelled');
    expect(() => Reflect.set(counter, 'limit', 1)).toThrow('not modelled');
    expect(() => checkEvent('app', 'gpu-info-update', ['ready'])).toThrow("app.on('gpu-info-update')");
  });
});
