// The disk budget of an agent: which file system a folder is on, what its users may still have, and what uploads are to bring.
import { stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { nearestFolder, spaceBelow } from '../host/file-system-space.ts';
import { admitBytes, type Accounts, quotaLeft } from '../operations/capacity/capacity.ts';
import { DiskBudget } from '../storage/disk-budget.ts';
import type { Storage } from '../storage/interface.ts';

export interface BudgetOfAgent {
  accounts: Accounts;
  storage: Storage;
  diskDirectory: string;
  /** Asked when there is something to know. */
  uploads: () => { folder: string; owedBytes: number };
  logger: Logger;
}

export function assembleBudget({ accounts, storage, diskDirectory, uploads, logger }: BudgetOfAgent): DiskBudget {
  const fileSystemOf = async (folder: string) => (await stat(folder)).dev;
  return new DiskBudget({
    async space(folder) {
      const ofDisks = await fileSystemOf(diskDirectory);
      const there = folder === null ? null : await nearestFolder(folder);
      const id = there === null ? ofDisks : await fileSystemOf(there);
      // The storage knows best what is left to it: a pool may have less than its file system says.
      return { id, ...(there === null || id === ofDisks ? await storage.space() : await spaceBelow(there)) };
    },
    quotaLeft: (owner) => quotaLeft(accounts, owner),
    admit: (owner, wanted) => admitBytes(accounts, owner, wanted),
    uploads,
    onProblem: (error) =>
      logger.warn({ err: error }, 'can’t tell how much of the disk is left to what is being written'),
  });
}
