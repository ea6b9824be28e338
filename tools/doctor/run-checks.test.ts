// The doctor always answers: checkers that fail or hang are results too.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Check } from '../../agent/doctor/check.ts';
import { qemuImgCheck } from '../../agent/doctor/checks/qemu-img.ts';
import { fakeMachine, HANGS } from '../../agent/doctor/fake-machine.ts';
import { report } from '../../agent/doctor/report.ts';
import { canStart, runChecks } from '../../agent/doctor/run-checks.ts';
import { tone } from './tone.ts';
import { found, needed, optional } from './plain-finding.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const saying = (name: string, look: Check['look']): Check => ({ name, look });

it('keeps the order and survives a checker that throws', async () => {
  const results = await runChecks(
    [saying('broken', () => Promise.reject(new Error('no such luck'))), saying('fine', async () => found('all well'))],
    fakeMachine(),
  );
  expect(results).toMatchObject([
    { name: 'broken', passed: false, description: 'it could not be checked. Details: “no such luck”', fixes: [] },
    { name: 'fine', passed: true, description: 'all well', fixes: [] },
  ]);
});

it('never counts what is optional as missing, even when looking fails', async () => {
  const broken: Check = { name: 'broken', isOptional: true, look: () => Promise.reject(new Error('no such luck')) };
  expect(await runChecks([broken], fakeMachine())).toMatchObject([{ passed: 'optional' }]);
});

it('ends a program that hangs', async () => {
  const results = runChecks([qemuImgCheck], fakeMachine({ 'qemu-img': HANGS }));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await results).toMatchObject([{ passed: false, description: 'it gave no answer within 10 s' }]);
  expect(vi.getTimerCount()).toBe(0);
});

it('draws a calm table', async () => {
  const results = await runChecks(
    [
      saying('qemu', async () => found('QEMU 7.2.22')),
      saying('qemu-img', async () => needed('qemu-img is not installed', 'apt-get install qemu-utils')),
      saying('zfs', async () => optional('not installed')),
    ],
    fakeMachine(),
  );
  expect(report(results, tone, false)).toBe(
    [
      '+ ok       qemu      QEMU 7.2.22',
      'x missing  qemu-img  qemu-img is not installed',
      '                     -> apt-get install qemu-utils',
      '- optional zfs       not installed',
      '',
      'Fix this before "npm start": qemu-img.',
      '',
    ].join('\n'),
  );
  expect(canStart(results)).toBe(false);
  expect(report(results, tone, true)).toContain('\u001b[31mx missing ');
  expect(canStart(results.filter(({ passed }) => passed !== false))).toBe(true);
});

it('breaks long lines between words', async () => {
  const description = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ');
  const text = report([{ name: 'kvm', passed: 'optional', description, fixes: [] }], tone, false);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(text.replace(/\s+/g, ' ')).toContain(description);
});
