// Test support: what was renamed or moved in answers of the agent since commit 5e970f3. The only module that knows.
import type { EnvDetail, TtClient } from '@tt/protocol';

export type Fields = Record<string, unknown>;

/** Each takes an answer of that version and returns what is expected today; fields that are not named stay. */
export const since5e970f3 = {
  env: ({ over: expired, standsOn: currentSnapshotId, ...rest }: Fields): Fields => ({
    ...rest,
    expired,
    currentSnapshotId,
  }),
  vm(old: Fields): Fields {
    const { setup: cloudInit, resources, blacklist, bootFrom, cds, disks, firmware, ...rest } = old;
    const nics = (old['nics'] as Fields[]).map(({ kind, bandwidthMbps }) => ({ kind, bandwidthMbps }));
    const ports = (old['portMap'] as Fields[]).map(({ protocol, guestPort }) => ({ protocol, guestPort }));
    return {
      ...rest,
      cloudInit,
      spec: { ...sizeOf(resources), blacklist, bootFrom, cds, disks, firmware, nics, ports },
    };
  },
  snapshot(old: Fields): Fields {
    const vms = (old['vms'] as Fields[]).map(({ config, ...part }) => {
      const { image: _image, resources, ...spec } = config as Fields;
      return { ...part, spec: { ...sizeOf(resources), ...spec } };
    });
    return { ...old, vms };
  },
  profile({ setup: startScript, resources, netKind, ports, ...rest }: Fields): Fields {
    return { ...rest, startScript, spec: { ...(resources as Fields), netKind, ports } };
  },
  lab: (old: Fields): Fields => old,
  session: (old: Fields): Fields => old,
};

/** The size of the boot disk is in `disks` too. */
function sizeOf(resources: unknown): Fields {
  const { diskMiB: _diskMiB, ...size } = resources as Fields;
  return size;
}

export const isExpired = ({ env }: EnvDetail): boolean => env.expired;
export const memoryMiBOf = ({ vms }: EnvDetail, index: number): number | undefined => vms[index]?.spec.memoryMiB;
export const currentSnapshotIdOf = ({ env }: EnvDetail): string | null => env.currentSnapshotId;

export async function revertTo(client: TtClient, snapshot: { envName: string; name: string }): Promise<void> {
  await client.snapshot.revert({ ...snapshot, safety: false });
}
