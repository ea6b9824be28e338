// The last hour: a point for each period with what happened in it, and never more points than an hour has.
import { HOUR_POINTS } from '@tt/protocol';
import { expect, it } from 'vitest';
import { CallTimesPeriod } from './call-times.ts';
import { LastHour } from './last-hour.ts';

const MIB = 1024 * 1024;

function steered() {
  let at = Date.parse('2026-11-21T10:00:00.000Z');
  const cpu = { busy: 0, total: 0 };
  const hour = new LastHour({
    now: () => new Date(at),
    vmMetrics: () => null,
    runningVms: () => 3,
    freeMiB: () => 9000,
    cpuTimes: () => ({ ...cpu }),
    availableBytes: () => 0,
    agent: () => ({ cpuUs: 0, residentBytes: 50 * MIB }),
  });
  return {
    hour,
    period(busy: number, total: number) {
      cpu.busy += busy;
      cpu.total += total;
      at += 15_000;
      hour.look();
    },
  };
}

it('a point is what happened in its period alone', () => {
  const { hour, period } = steered();
  hour.callEnded('ok', 10);
  hour.callEnded('ENV_NOT_FOUND', 30);
  period(25, 100);
  period(0, 0);
  expect(hour.hour().points).toMatchObject([
    {
      at: '2026-11-21T10:00:15.000Z',
      cpuPercent: 25,
      diskFreeMiB: 9000,
      runningVms: 3,
      vmCpuPercent: null,
      calls: 2,
      failedCalls: 1,
      callMeanMs: 20,
      agentMemoryMiB: 50,
    },
    { at: '2026-11-21T10:00:30.000Z', cpuPercent: null, calls: 0, failedCalls: 0, callMeanMs: null, callP95Ms: null },
  ]);
});

it('holds an hour and no more', () => {
  const { hour, period } = steered();
  expect(hour.hour().points).toEqual([]);
  for (let number = 0; number < HOUR_POINTS + 5; number++) period(number, 1000);
  const { points } = hour.hour();
  expect(points).toHaveLength(HOUR_POINTS);
  expect(points.at(-1)?.cpuPercent).toBe((HOUR_POINTS + 4) / 10);
});

it('measures this host and this process', () => {
  const hour = new LastHour({
    now: () => new Date(),
    vmMetrics: () => ({
      at: '2026-11-21T10:00:00.000Z',
      vms: [1, 2].map((number) => ({
        vmId: `vm${number}`,
        cpuPercent: number,
        memoryBytes: number * MIB,
        memoryProportionalBytes: null,
        diskReadBytesPerS: null,
        diskWrittenBytesPerS: null,
        networkReceivedBytesPerS: null,
        networkSentBytesPerS: null,
      })),
    }),
    runningVms: () => 2,
    freeMiB: () => 1,
  });
  hour.look();
  const [point] = hour.hour().points;
  expect(point).toMatchObject({ vmCpuPercent: 3, vmMemoryMiB: 3 });
  expect(point?.memoryUsedMiB).toBeGreaterThan(0);
  expect(point?.memoryUsedMiB).toBeLessThanOrEqual(hour.hour().memoryTotalMiB);
  expect(point?.agentMemoryMiB).toBeGreaterThan(0);
});

it('the time of 95 of 100 calls is right within an eighth, for short calls and long ones', () => {
  const period = new CallTimesPeriod();
  for (let number = 1; number <= 100; number++) period.ended(number % 10 !== 0, number);
  const { calls, failedCalls, callMeanMs, callP95Ms } = period.take();
  expect([calls, failedCalls, callMeanMs]).toEqual([100, 10, 50.5]);
  expect(callP95Ms).toBeGreaterThanOrEqual(95);
  expect(callP95Ms).toBeLessThanOrEqual(95 * 1.125);
  for (const [durationMs, most] of [
    [0, 0.05],
    [0.01, 0.05],
    [3_600_000, 200_000],
  ] as const) {
    period.ended(true, durationMs);
    expect(period.take().callP95Ms, `${durationMs}`).toBeLessThanOrEqual(most);
  }
});
