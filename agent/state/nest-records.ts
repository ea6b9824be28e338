// The migration that introduced machine specs in VMs, snapshots and profiles: converts flat documents to nested ones. Frozen: it
// only refers to the formats of that time.
import type { DatabaseSync } from 'node:sqlite';

type Fields = Record<string, unknown>;

export function nestRecords(database: DatabaseSync): void {
  rewrite(database, 'vms', nestVm);
  rewrite(database, 'snapshots', nestSnapshot);
  rewrite(database, 'profiles', nestProfile);
}

function rewrite(
  database: DatabaseSync,
  table: 'vms' | 'snapshots' | 'profiles',
  change: (document: Fields) => Fields,
): void {
  const put = database.prepare(`UPDATE ${table} SET document = ? WHERE key = ?`);
  for (const { key, document } of database.prepare(`SELECT key, document FROM ${table}`).all()) {
    put.run(JSON.stringify(change(JSON.parse(String(document)) as Fields)), String(key));
  }
}

function nestVm(vm: Fields): Fields {
  const { id, envName, name, hostname, uuid, createdAt } = vm;
  const nics = vm['nics'] as Fields[];
  const portMap = vm['portMap'] as Fields[];
  return {
    id,
    envName,
    name,
    hostname,
    uuid,
    createdAt,
    spec: {
      ...sizeOf(vm),
      ...pick(vm, 'firmware', 'bootFrom', 'disks', 'cds', 'blacklist'),
      nics: nics.map((nic) => pick(nic, 'kind', 'bandwidthMbps')),
      ports: portMap.map((port) => pick(port, 'protocol', 'guestPort')),
    },
    placement: {
      ...pick(vm, 'engine', 'features', 'portMap', 'confinement', 'boot'),
      nics: nics.map((nic) => pick(nic, 'mac', 'ip', 'tap')),
    },
    status: pick(
      vm,
      'state',
      'stopping',
      'failure',
      'process',
      'acceleration',
      'runningSince',
      'unsettledDrives',
      'isDirty',
    ),
    guest: { ...pick(vm, 'cloudInit', 'provisioning'), identity: vm['identity'] ?? null },
    origin: pick(vm, 'image', 'base', 'discardWrites'),
  };
}

function nestSnapshot(snapshot: Fields): Fields {
  const vms = (snapshot['vms'] as Fields[]).map(({ config, ...part }) => {
    if (config === null || config === undefined) return { ...part, spec: null };
    const { image: _image, resources: _resources, ...rest } = config as Fields;
    return { ...part, spec: { ...sizeOf(config as Fields), ...rest } };
  });
  return { ...snapshot, vms };
}

function nestProfile({ resources, netKind, ports, ...profile }: Fields): Fields {
  const plain = { firmware: 'bios', bootFrom: 'disk' };
  return { ...profile, spec: { ...(resources as Fields), ...plain, netKind, ports } };
}

/** The size of the boot disk is in `disks` too. */
function sizeOf({ resources }: Fields): Fields {
  return pick(resources as Fields, 'cpuCount', 'memoryMiB');
}

function pick(from: Fields, ...names: string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}
