// Text output of disks.
import type { DriveLimits } from '@tt/protocol';
import { rate } from '../output.ts';

/** `10.0 MiB/s, 200 IO/s`; `-` without limits. */
export function limitsText(limits: DriveLimits | null): string {
  const parts = [
    ...(typeof limits?.bytesPerSecond === 'number' ? [rate(limits.bytesPerSecond)] : []),
    ...(typeof limits?.operationsPerSecond === 'number' ? [`${limits.operationsPerSecond} IO/s`] : []),
  ];
  return parts.join(', ') || '-';
}
