// The limits of a quota as flags, for users and for teams.
import type { Quota } from '@tt/protocol';
import type { Command } from 'commander';
import { wholeNumber } from './option-values.ts';

const quotaOptions = [
  ['envs', 'ENVs'],
  ['vms', 'VMs'],
  ['cpu', 'processors of running VMs'],
  ['mem', 'memory of running VMs in MiB'],
  ['disk', 'sizes of disks in MiB'],
  ['stored', 'space used on the host in MiB'],
] as const;
export type QuotaOptions = Partial<Record<(typeof quotaOptions)[number][0], number>>;

export function withQuota(command: Command): Command {
  for (const [name, what] of quotaOptions) command.option(`--${name} <n>`, what, wholeNumber(0));
  return command;
}

/** null: no limit was given. What is not given is not limited. */
export function limitsFrom({ envs, vms, cpu, mem, disk, stored }: QuotaOptions): Quota | null {
  const limits = { envs, vms, cpuCount: cpu, memoryMiB: mem, diskMiB: disk, storedMiB: stored };
  if (Object.values(limits).every((limit) => limit === undefined)) return null;
  return Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, limit ?? null])) as Quota;
}

/** `vms 3, memoryMiB 2048` */
export function quotaText(quota: Quota): string {
  const limits = Object.entries(quota).flatMap(([name, limit]) => (limit === null ? [] : [`${name} ${limit}`]));
  return limits.join(', ') || 'no limit';
}
