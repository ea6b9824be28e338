// Test support: what has another name or place in answers of the agent since commit 5e970f3. The only place that knows.
import type { EnvDetail, TtClient } from '@tt/protocol';

export type Fields = Record<string, unknown>;

/** Each takes what that version answered and gives what is expected today; the fields that are not named stay. */
export const since5e970f3 = {
  env: (old: Fields): Fields => old,
  vm: (old: Fields): Fields => old,
  snapshot: (old: Fields): Fields => old,
  profile: (old: Fields): Fields => old,
  lab: (old: Fields): Fields => old,
  session: (old: Fields): Fields => old,
};

export const isExpired = ({ env }: EnvDetail): boolean => env.over;
export const memoryMiBOf = ({ vms }: EnvDetail, index: number): number | undefined => vms[index]?.resources.memoryMiB;
export const currentSnapshotIdOf = ({ env }: EnvDetail): string | null => env.standsOn;

export async function revertTo(client: TtClient, snapshot: { envName: string; name: string }): Promise<void> {
  await client.snapshot.apply({ ...snapshot, safety: false });
}
