// The one answer to "how much may be written": quota and disk, less the reserve; before a write, while it runs, and for several at once.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reason, TtError } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BudgetedWrite, WriteRequest } from './budgeted-write.ts';
import { DiskBudget, type DiskBudgetParts } from './disk-budget.ts';

const MIB = 1024 * 1024;

/** A host whose disk is numbers. Looks at what is written happen when the test says so. */
class FakeDisk {
  freeMiB = 1000;
  totalMiB = 100_000;
  /** Left of ann's quota. */
  allocatedLeftMiB = Number.POSITIVE_INFINITY;
  storedLeftMiB = Number.POSITIVE_INFINITY;
  waits: number[] = [];
  #next = Promise.withResolvers<void>();
  #waiting = Promise.withResolvers<void>();
  readonly budget: DiskBudget;

  constructor(more: Partial<DiskBudgetParts> = {}) {
    this.budget = new DiskBudget({
      space: async () => ({ id: 1, freeBytes: this.freeMiB * MIB, totalBytes: this.totalMiB * MIB }),
      quotaLeft: () => ({ allocatedBytes: this.allocatedLeftMiB * MIB, storedBytes: this.storedLeftMiB * MIB }),
      admit: (user, { allocatedBytes, storedBytes }) => {
        const resource = allocatedBytes > this.allocatedLeftMiB * MIB ? 'diskMiB' : 'storedMiB';
        if (resource === 'storedMiB' && storedBytes <= this.storedLeftMiB * MIB) return;
        throw new TtError('QUOTA_EXCEEDED', { user, resource, total: 1, used: 1, wanted: 1 });
      },
      wait: (ms) => {
        this.waits.push(ms);
        this.#waiting.resolve();
        return this.#next.promise;
      },
      ...more,
    });
  }

  /** Lets the budget look once, and waits until it has. */
  async look(): Promise<void> {
    await this.#waiting.promise;
    this.#waiting = Promise.withResolvers();
    const go = this.#next;
    this.#next = Promise.withResolvers();
    go.resolve();
    await this.#waiting.promise;
  }

  /** A write that goes on until it is stopped, or told to end. */
  async begin(request: Partial<WriteRequest> = {}): Promise<Running> {
    const { promise: end, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<BudgetedWrite>();
    const result = this.budget.write({ owner: null, subject: 'x', ...request }, async (write) => {
      begun.resolve(write);
      const stopped = Promise.withResolvers<never>();
      write.signal.addEventListener('abort', () => stopped.reject(write.signal.reason as Error), { once: true });
      await Promise.race([end, stopped.promise]);
    });
    const outcome = result.then(
      () => 'ended',
      (error: unknown) => (error as TtError).code,
    );
    const write = await Promise.race([begun.promise, result.then(() => Promise.reject(new Error('it did not begin')))]);
    return { write, end: resolve, outcome };
  }
}

interface Running {
  write: BudgetedWrite;
  end: () => void;
  outcome: Promise<string>;
}

let disk: FakeDisk;
beforeEach(() => {
  disk = new FakeDisk();
});

describe('before a write', () => {
  const once = (wantedMiB: number, request: Partial<WriteRequest> = {}) =>
    disk.budget.write({ owner: 'ann', subject: 'x', wantedBytes: wantedMiB * MIB, ...request }, async () => 'done');

  it('keeps one reserve: 256 MiB, or a fiftieth of a small disk, and never says less than nothing', async () => {
    expect(await disk.budget.usableBytes()).toBe(744 * MIB);
    Object.assign(disk, { freeMiB: 100, totalMiB: 1000 });
    expect(await disk.budget.usableBytes()).toBe(80 * MIB);
    Object.assign(disk, { freeMiB: 10, totalMiB: 100_000 });
    expect(await disk.budget.usableBytes()).toBe(0);
  });

  it('refuses what does not fit beside the reserve, saying what may be used', async () => {
    disk.freeMiB = 300;
    expect(await once(44)).toBe('done');
    await expect(once(45)).rejects.toMatchObject({
      code: 'DISK_FULL',
      data: { freeMiB: 44, wantedMiB: 45, subject: 'x' },
    });
  });

  it('refuses by the quota, by both ways in which it counts; of what was admitted only bytes that are really stored', async () => {
    disk.allocatedLeftMiB = 7;
    expect(await once(7)).toBe('done');
    await expect(once(8)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED', data: { resource: 'diskMiB' } });
    expect(await once(8, { owner: null })).toBe('done');
    expect(await once(8, { isAdmitted: true })).toBe('done');
    disk.storedLeftMiB = 5;
    await expect(once(6, { isAdmitted: true })).rejects.toMatchObject({ data: { resource: 'storedMiB' } });
  });

  it('counts uploads that are to come, where they go', async () => {
    disk = new FakeDisk({ uploads: () => ({ folder: '/elsewhere', owedBytes: 700 * MIB }) });
    await expect(once(45)).rejects.toMatchObject({ code: 'DISK_FULL', data: { freeMiB: 44 } });
    // Transfers count their own.
    expect(await disk.budget.usableBytes()).toBe(744 * MIB);
  });
});

describe('several writes at once', () => {
  it('get together no more than there is, however close they begin', async () => {
    const wantedBytes = 500 * MIB;
    const begun = await Promise.allSettled([disk.begin({ wantedBytes }), disk.begin({ wantedBytes })]);
    expect(begun.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(begun[1]).toMatchObject({ reason: { code: 'DISK_FULL', data: { freeMiB: 244 } } });
    const first = begun[0] as PromiseFulfilledResult<Running>;
    first.value.end();
    expect(await first.value.outcome).toBe('ended');
    const again = await disk.begin({ wantedBytes });
    again.end();
    await again.outcome;
  });

  it('of one owner share the quota', async () => {
    disk.allocatedLeftMiB = 30;
    const first = await disk.begin({ owner: 'ann', wantedBytes: 20 * MIB });
    await expect(disk.begin({ owner: 'ann', wantedBytes: 11 * MIB })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    const second = await disk.begin({ owner: 'ann' });
    expect(await second.write.part({ target: '/none', maxFileBytes: 1e12 }, async (maxBytes) => maxBytes)).toBe(
      10 * MIB,
    );
    for (const { end, outcome } of [first, second]) {
      end();
      await outcome;
    }
  });

  it('are stopped before they use the reserve: first the newest of those that claimed nothing', async () => {
    const claimed = await disk.begin({ wantedBytes: 100 * MIB });
    const older = await disk.begin();
    const newer = await disk.begin();
    await disk.look();
    expect([claimed, older, newer].map(({ write }) => write.refusal)).toEqual([null, null, null]);
    disk.freeMiB = 255;
    await disk.look();
    expect([claimed, older, newer].map(({ write }) => write.refusal?.code)).toEqual([
      undefined,
      undefined,
      'DISK_FULL',
    ]);
    expect(await newer.outcome).toBe('DISK_FULL');
    disk.freeMiB = 250;
    await disk.look();
    expect(await older.outcome).toBe('DISK_FULL');
    expect(claimed.write.refusal).toBeNull();
    await disk.look();
    expect(await claimed.outcome).toBe('DISK_FULL');
  });

  it('wait for one that was stopped and removes what it wrote, unless half of the reserve is gone', async () => {
    const older = await disk.begin();
    const { write: newer, close } = await disk.budget.open({ owner: null, subject: 'y' });
    disk.freeMiB = 250;
    await disk.look();
    await disk.look();
    expect([newer.refusal?.code, older.write.refusal]).toEqual(['DISK_FULL', null]);
    disk.freeMiB = 120;
    await disk.look();
    expect(older.write.refusal?.code).toBe('DISK_FULL');
    close();
  });
});

describe('a write that ends while the disk is measured', () => {
  it('takes no other with it for what it has removed; half of the reserve is waited for by nobody', async () => {
    let measured = () => {};
    disk = new FakeDisk({
      space: async () => {
        const freeBytes = disk.freeMiB * MIB;
        measured();
        return { id: 1, freeBytes, totalBytes: disk.totalMiB * MIB };
      },
    });
    const older = await disk.begin();
    const endDuring = async (freeMiB: number) => {
      const { close } = await disk.budget.open({ owner: null, subject: 'y' });
      disk.freeMiB = freeMiB;
      measured = () => {
        close();
        disk.freeMiB = 1000;
        measured = () => {};
      };
      await disk.look();
    };
    await endDuring(250);
    await disk.look();
    expect(older.write.refusal).toBeNull();
    await endDuring(120);
    expect(await older.outcome).toBe('DISK_FULL');
  });
});

describe('while a write runs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tt-budget-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const fill = (file: string, mib: number) => writeFile(file, Buffer.alloc(mib * MIB, 1), { flush: true });

  it('stops it when its owner’s quota is used up, by what its files really take', async () => {
    Object.assign(disk, { allocatedLeftMiB: 3, storedLeftMiB: 100 });
    const running = await disk.begin({ owner: 'ann', measured: [folder] });
    await fill(path.join(folder, 'a'), 2);
    await disk.look();
    expect(running.write.refusal).toBeNull();
    await fill(path.join(folder, 'b'), 2);
    await disk.look();
    expect(await running.outcome).toBe('QUOTA_EXCEEDED');
  });

  it('needs no more for what it claimed than it has not written yet', async () => {
    const running = await disk.begin({ wantedBytes: 4 * MIB, measured: [folder] });
    expect(await disk.budget.usableBytes()).toBe(740 * MIB);
    await fill(path.join(folder, 'a'), 3);
    await disk.look();
    expect(await disk.budget.usableBytes()).toBeGreaterThanOrEqual(743 * MIB);
    running.end();
    expect(await running.outcome).toBe('ended');
    expect(await disk.budget.usableBytes()).toBe(744 * MIB);
  });

  it('looks the sooner the less is left, and not at all when nothing is written', async () => {
    const running = await disk.begin();
    await disk.look();
    Object.assign(disk, { freeMiB: 256 + 40 });
    await disk.look();
    Object.assign(disk, { freeMiB: 1_000_000, totalMiB: 1_000_000 });
    await disk.look();
    expect(disk.waits.slice(-3)).toEqual([186, 10, 1000]);
    running.end();
    await running.outcome;
  });

  it('limits a part that makes one file, and says what the budget says when that is too large for it', async () => {
    disk.freeMiB = 300;
    const target = path.join(folder, 'file');
    const tooLarge = (maxBytes: number): never => {
      throw new TtError('IMAGE_REFUSED', { source: 'a', reason: reason('fileTooLarge', { maxBytes }) });
    };
    const limits: number[] = [];
    const part = (maxFileMiB: number) =>
      disk.budget.write({ owner: 'ann', subject: 'x' }, (write) =>
        write.part({ target, maxFileBytes: maxFileMiB * MIB }, async (maxBytes) => {
          limits.push(maxBytes / MIB);
          return tooLarge(maxBytes);
        }),
      );
    // Its own limit is the smaller one: that is no matter of the budget.
    await expect(part(40)).rejects.toMatchObject({ code: 'IMAGE_REFUSED' });
    await expect(part(1000)).rejects.toMatchObject({ code: 'DISK_FULL', data: { freeMiB: 44 } });
    disk.allocatedLeftMiB = 7;
    await expect(part(1000)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED', data: { resource: 'diskMiB' } });
    expect(limits).toEqual([40, 44, 7]);
  });

  it('tells a cancelled one that it was cancelled, and another failure as it is', async () => {
    const cancel = new AbortController();
    const failing = (signal?: AbortSignal) =>
      disk.budget.write({ owner: null, subject: 'x', ...(signal && { signal }) }, async () => {
        throw new Error('broken');
      });
    await expect(failing(cancel.signal)).rejects.toThrow('broken');
    cancel.abort(new Error('cancelled'));
    await expect(failing(cancel.signal)).rejects.toThrow('cancelled');
  });

  it('asks for the quota of an owner once in each look, however much they write', async () => {
    let asked = 0;
    disk = new FakeDisk({
      quotaLeft: () => {
        asked++;
        return { allocatedBytes: 100 * MIB, storedBytes: 100 * MIB };
      },
    });
    const all = [await disk.begin({ owner: 'ann' }), await disk.begin({ owner: 'ann' }), await disk.begin()];
    await disk.look();
    asked = 0;
    await disk.look();
    expect(asked).toBe(1);
    for (const { end, outcome } of all) {
      end();
      await outcome;
    }
  });

  it('holds what is shared against the quota of the team too, of all owners together', async () => {
    const teamLeft = { allocatedBytes: 100 * MIB, storedBytes: 100 * MIB };
    const much = { allocatedBytes: Number.POSITIVE_INFINITY, storedBytes: Number.POSITIVE_INFINITY };
    disk = new FakeDisk({
      quotaLeft: (account) => (account === '@qa' ? teamLeft : much),
      admit: (account, { storedBytes }) => {
        if (account !== '@qa' || storedBytes <= teamLeft.storedBytes) return;
        throw new TtError('TEAM_QUOTA_EXCEEDED', { team: 'qa', resource: 'storedMiB', total: 1, used: 1, wanted: 1 });
      },
    });
    const first = await disk.begin({ owner: 'ann', team: '@qa', wantedBytes: 60 * MIB });
    const second = { owner: 'kim', subject: 'x', wantedBytes: 60 * MIB };
    await expect(disk.budget.write({ ...second, team: '@qa' }, async () => {})).rejects.toMatchObject({
      code: 'TEAM_QUOTA_EXCEEDED',
    });
    await disk.budget.write(second, async () => {});
    // Nobody knew before how much this would be.
    const growing = await disk.begin({ owner: 'kim', team: '@qa' });
    teamLeft.storedBytes = 50 * MIB;
    await disk.look();
    expect(await growing.outcome).toBe('TEAM_QUOTA_EXCEEDED');
    first.end();
    expect(await first.outcome).toBe('ended');
  });

  it('goes on looking after a look that failed', async () => {
    const problems: unknown[] = [];
    let fails = false;
    disk = new FakeDisk({
      space: async () => {
        if (fails) throw new Error('the pool does not answer');
        return { id: 1, freeBytes: disk.freeMiB * MIB, totalBytes: disk.totalMiB * MIB };
      },
      onProblem: (error) => problems.push(error),
    });
    const running = await disk.begin();
    await disk.look();
    fails = true;
    await disk.look();
    expect([problems.length, running.write.refusal]).toEqual([1, null]);
    fails = false;
    disk.freeMiB = 100;
    await disk.look();
    expect(await running.outcome).toBe('DISK_FULL');
  });
});
