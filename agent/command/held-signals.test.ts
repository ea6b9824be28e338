// Signals of the time in which an agent starts: none that asks for the configuration to be read again is lost.
import { afterEach, expect, it } from 'vitest';
import { holdSignals } from './held-signals.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
afterEach(() => {
  for (const signal of SIGNALS) process.removeAllListeners(signal);
});

it('a SIGHUP that comes before anybody listens is told once somebody does', () => {
  const signals = holdSignals();
  process.emit('SIGHUP');
  process.emit('SIGHUP');
  const told: string[] = [];
  signals.take((signal) => void told.push(signal));
  expect(told).toEqual(['SIGHUP']);
  process.emit('SIGTERM');
  process.emit('SIGHUP');
  expect(told).toEqual(['SIGHUP', 'SIGTERM', 'SIGHUP']);
});

it('nothing is told that did not come', () => {
  const told: string[] = [];
  holdSignals().take((signal) => void told.push(signal));
  expect(told).toEqual([]);
});
