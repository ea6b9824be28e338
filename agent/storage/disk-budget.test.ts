// How much can be written: the quota and the disk, less the reserve.
import { TtError } from '@tt/protocol';
import { expect, it } from 'vitest';
import { DiskBudget } from './disk-budget.ts';

const MIB = 1024 * 1024;

function makeBudget(freeMiB: number, totalMiB: number, quotaLeftMiB = Number.POSITIVE_INFINITY): DiskBudget {
  return new DiskBudget({
    storage: { space: async () => ({ freeBytes: freeMiB * MIB, totalBytes: totalMiB * MIB }) },
    quotaLeftBytes: () => quotaLeftMiB * MIB,
    admit: (user, bytes) => {
      if (bytes <= quotaLeftMiB * MIB) return;
      throw new TtError('QUOTA_EXCEEDED', { user, resource: 'diskMiB', total: quotaLeftMiB, used: 0, wanted: 1 });
    },
  });
}

it('keeps one reserve: 256 MiB, or a fiftieth of a small disk, and never says less than nothing', async () => {
  expect(await makeBudget(1000, 100_000).usableBytes()).toBe(744 * MIB);
  expect(await makeBudget(100, 1000).usableBytes()).toBe(80 * MIB);
  expect(await makeBudget(10, 100_000).usableBytes()).toBe(0);
});

it('refuses what does not fit beside the reserve, saying what may be used', async () => {
  const budget = makeBudget(300, 100_000);
  await budget.need('ann', 'x', 44 * MIB);
  await expect(budget.need('ann', 'x', 45 * MIB)).rejects.toMatchObject({
    code: 'DISK_FULL',
    data: { freeMiB: 44, wantedMiB: 45, subject: 'x' },
  });
});

it('limits a write to the smaller of quota and disk, and refuses by that one', async () => {
  const byDisk = makeBudget(300, 100_000, 100).limitFor('ann', 'x');
  expect(await byDisk.maxBytes()).toBe(44 * MIB);
  expect(await byDisk.refusal()).toMatchObject({ code: 'DISK_FULL' });
  const budget = makeBudget(300, 100_000, 7);
  expect(await budget.limitFor('ann', 'x').maxBytes()).toBe(7 * MIB);
  expect(await budget.limitFor('ann', 'x').refusal()).toMatchObject({ code: 'QUOTA_EXCEEDED', data: { user: 'ann' } });
  await expect(budget.need('ann', 'x', 8 * MIB)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
  expect(await budget.limitFor(null, 'x').maxBytes()).toBe(44 * MIB);
});
