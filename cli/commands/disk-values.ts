// Pure: values of the flags for disks -> values of the contract.
import type { DriveLimits } from '@tt/protocol';
import { InvalidArgumentError } from 'commander';
import { wholeNumber } from './option-values.ts';

/** As commander hands them over; 0 is no limit, as a null from a parser would be an empty text to it. */
export interface LimitOptions {
  bps?: number;
  iops?: number;
}

const LEAST_BYTES_PER_SECOND = 1024;
const MOST_BYTES_PER_SECOND = 1e12;
const factors: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** `10M` is 10 MiB a second, `0` no limit. */
export function bytesPerSecondFrom(text: string): number {
  const match = /^(\d+)([KMG]?)$/i.exec(text);
  const bytes = Number(match?.[1]) * (factors[match?.[2]?.toUpperCase() ?? ''] ?? 1);
  if (!match || bytes > MOST_BYTES_PER_SECOND || (bytes > 0 && bytes < LEAST_BYTES_PER_SECOND)) {
    throw new InvalidArgumentError(
      `"${text}" is not a rate; write bytes per second, 512K, 10M or 1G, or 0 for no limit.`,
    );
  }
  return bytes;
}

/** 0 is no limit. */
export const operationsPerSecondFrom = wholeNumber(0, 1e9);

/** null when nothing is limited. */
export function limitsFrom({ bps = 0, iops = 0 }: LimitOptions): DriveLimits | null {
  if (bps === 0 && iops === 0) return null;
  return { bytesPerSecond: bps || null, operationsPerSecond: iops || null };
}
