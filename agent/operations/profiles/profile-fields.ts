// The common part of creating and changing a profile: the fields, their checks, and storing the record.
import { type Image, isValidName, matchesOsPrefix, type Profile, plainOf, TtError } from '@tt/protocol';
import { profileView } from '../../labs/lab-registry.ts';
import type { ProfileRecord } from '../../state/records.ts';
import { admitRecords, profileTextSize, type RecordServices } from '../capacity/record-limits.ts';
import type { InputOf } from '../define-operation.ts';
import type { Services } from '../services.ts';
import { checkMemory, withSsh } from '../vms/plan-vms.ts';

export type ProfileChange = Omit<InputOf<'profile.update'>, 'name' | 'operationId' | 'wait'>;

/** Throws LIMIT_REACHED if its owner exceeds a limit with what is new. `before`: null for a new one. */
export function putProfile(services: RecordServices, profile: ProfileRecord, before: ProfileRecord | null): Profile {
  const textBytes = profileTextSize(profile) - (before ? profileTextSize(before) : 0);
  admitRecords(services, profile.owner, { profiles: before ? 0 : 1, textBytes });
  services.labs.putProfile(profile);
  return profileView(profile);
}

/** Throws NAME_INVALID or PROFILE_NAME_TAKEN. */
export function mustBeFree({ labs }: Pick<Services, 'labs'>, name: string): void {
  if (!isValidName(name)) throw new TtError('NAME_INVALID', { name });
  labs.mustBeFree(name);
}

/** By its whole name, or by a prefix that only one has. Throws IMAGE_NOT_FOUND or IMAGE_NOT_READY. */
export function imageFor({ images }: Pick<Services, 'images'>, wanted: string): Image {
  const all = images.list().filter(({ kind }) => kind === 'disk');
  const exact = all.filter(({ name }) => name === wanted);
  const found = exact.length > 0 ? exact : all.filter(({ name }) => matchesOsPrefix(name, wanted));
  const [image, ...more] = found;
  if (!image || more.length > 0) {
    throw new TtError('IMAGE_NOT_FOUND', { wanted, suggestions: found.map(({ name }) => name).slice(0, 5) });
  }
  if (image.state !== 'ready') throw new TtError('IMAGE_NOT_READY', { imageName: image.name, state: image.state });
  return image;
}

/** Throws MEMORY_TOO_SMALL or DISK_TOO_SMALL. */
export function changedProfile(profile: ProfileRecord, change: ProfileChange, image: Image): ProfileRecord {
  const { title, notes, startScript, keptVersions, shared, diskMiB, netKind, ports } = change;
  const spec: ProfileRecord['spec'] = {
    ...profile.spec,
    ...plainOf(change),
    ...given({ diskMiB, netKind }),
    ...(ports && { ports: withSsh(ports).filter(({ guestPort, protocol }) => guestPort !== 22 || protocol !== 'tcp') }),
  };
  checkMemory(image, spec.memoryMiB);
  // A published base may have grown beyond the image; its machines must not be smaller than what they fall back to.
  const minMiB = profile.version === 1 ? image.minDiskMiB : Math.max(image.minDiskMiB, profile.spec.diskMiB);
  if (spec.diskMiB < minMiB) {
    throw new TtError('DISK_TOO_SMALL', { imageName: image.name, minMiB, wantedMiB: spec.diskMiB });
  }
  return { ...profile, ...given({ title, notes, startScript, keptVersions, shared }), spec };
}

/** Without the fields that are undefined. */
function given<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof given<Fields>
  >;
}
