// The parts of a quota, in the order in which they are shown, and how their amounts are written.
import type { Quota } from '@tt/protocol';
import type { Format } from '../i18n/format.ts';

export type QuotaName = keyof Quota;
export const quotaNames: readonly QuotaName[] = ['envs', 'vms', 'cpuCount', 'memoryMiB', 'diskMiB', 'storedMiB'];

/** How amounts of this part of a quota are written. */
export function quotaFormat(name: QuotaName, format: Format): (value: number) => string {
  return name.endsWith('MiB') ? format.mebibytes : format.number;
}
