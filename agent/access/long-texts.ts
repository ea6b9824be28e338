// What lists and the feed leave out: texts that are long. Everybody’s window holds all records, few people read their notes and
// scripts; the `show` call of a record has all of it (decision 0056).
import type { CloudInit, Env, Lab, Profile, Snapshot, TtEvent, Vm } from '@tt/protocol';

/** In UTF-8; a longer text is left out. Of a list of texts, all together. */
export const LONG_TEXT_BYTES = 1024;

/** The record without the fields whose text is long; `leftOut` names them. */
function withoutLong<Item extends { leftOut?: string[] | undefined }>(
  record: Item,
  ...fields: readonly (keyof Item & string)[]
): Item {
  const long = fields.filter((field) => textBytes(record[field]) > LONG_TEXT_BYTES);
  if (long.length === 0) return record;
  const kept = Object.entries(record).filter(([field]) => !long.some((name) => name === field));
  return { ...(Object.fromEntries(kept) as Item), leftOut: long };
}

function textBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return Array.isArray(value) ? value.reduce<number>((sum, part) => sum + textBytes(part), 0) : 0;
}

export const briefEnv = (env: Env): Env => withoutLong(env, 'notes');
export const briefSnapshot = (snapshot: Snapshot): Snapshot => withoutLong(snapshot, 'notes');
export const briefLab = (lab: Lab): Lab => withoutLong(lab, 'notes');

export function briefProfile(profile: Profile): Profile {
  const versions = profile.versions.map((version) => withoutLong(version, 'notes'));
  return { ...withoutLong(profile, 'notes', 'startScript'), versions };
}

export function briefVm(vm: Vm): Vm {
  return vm.cloudInit ? { ...vm, cloudInit: briefCloudInit(vm.cloudInit) } : vm;
}

function briefCloudInit(cloudInit: CloudInit): CloudInit {
  return withoutLong(cloudInit, 'commands', 'filePaths');
}

export function briefEvent(event: TtEvent): TtEvent {
  switch (event.type) {
    case 'env.created':
    case 'env.updated':
      return { ...event, data: briefEnv(event.data) };
    case 'vm.created':
    case 'vm.updated':
      return { ...event, data: briefVm(event.data) };
    case 'snapshot.created':
    case 'snapshot.updated':
      return { ...event, data: briefSnapshot(event.data) };
    case 'snapshot.reverted':
      return { ...event, data: { ...event.data, snapshot: briefSnapshot(event.data.snapshot) } };
    case 'lab.updated':
      return { ...event, data: briefLab(event.data) };
    case 'profile.updated':
      return { ...event, data: briefProfile(event.data) };
    // The others have no long texts.
    default:
      return event;
  }
}
