// Makes, changes, clones and deletes profiles, and moves between the kept versions of a base.
import {
  type Image,
  KEPT_VERSIONS_DEFAULT,
  type Profile,
  TtError,
  completeSpec,
  isValidName,
  matchesOsPrefix,
  plainOf,
  plainSpec,
  reason,
} from '@tt/protocol';
import { profileView } from '../../labs/lab-registry.ts';
import { pruneVersions } from '../../labs/retained-versions.ts';
import { adminEnvName, mustBeClosed } from '../../labs/sessions.ts';
import type { ProfileRecord } from '../../state/records.ts';
import { sweepSources } from '../background/sweep-sources.ts';
import type { Caller } from '../caller.ts';
import { type InputOf, defineOperation } from '../define-operation.ts';
import type { Services } from '../services.ts';
import { DEFAULT_MEMORY_MIB, checkMemory, withSsh } from '../vms/plan-vms.ts';
import { publishFailure } from './admin-session.ts';
import { onProfile } from '../../labs/rights.ts';

type ProfileChange = Omit<InputOf<'profile.update'>, 'name' | 'operationId'>;

export const createProfileOperation = defineOperation({
  kind: 'profile.create',
  allow: () => null,
  subject: (_target, { name }) => ({ profileName: name }),
  cancellable: false,
  run: async ({ services, caller, input: { operationId: _id, ...request } }) =>
    createProfile(services, caller, request),
});

function createProfile(
  services: Services,
  caller: Caller,
  { name, image: wanted, ...change }: ProfileChange & { name: string; image: string },
): Profile {
  const image = imageFor(services, wanted);
  mustBeFree(services, name);
  const now = services.now().toISOString();
  const isImage = { version: 1, publishedAt: now, publishedBy: caller.name, notes: '', sizeBytes: 0, isImage: true };
  const profile: ProfileRecord = {
    name,
    title: '',
    notes: '',
    owner: caller.name,
    image: image.name,
    spec: {
      ...plainSpec(completeSpec({})),
      memoryMiB: Math.max(DEFAULT_MEMORY_MIB, image.minMemoryMiB),
      firmware: image.firmware,
      diskMiB: image.minDiskMiB,
      netKind: null,
      ports: [],
    },
    startScript: '',
    version: 1,
    versions: [{ ...isImage, boot: null }],
    keptVersions: KEPT_VERSIONS_DEFAULT,
    createdAt: now,
  };
  return put(services, changed(profile, change, image));
}

export const updateProfileOperation = defineOperation({
  kind: 'profile.update',
  ...onProfile,
  cancellable: false,
  async run({ services, target: profile, input: { operationId: _id, name, ...change } }) {
    put(services, changed(profile, change, imageFor(services, profile.image)));
    await pruneVersions(services, name);
    return profileView(services.labs.profile(name));
  },
});

export const cloneProfileOperation = defineOperation({
  kind: 'profile.clone',
  allow: () => null,
  subject: (_target, { name }) => ({ profileName: name }),
  cancellable: false,
  run: ({ services, caller, input }) => cloneProfile(services, caller, input.name, input.newName),
});

/** From the version in use; the clone begins its own count of versions. */
async function cloneProfile(services: Services, caller: Caller, name: string, newName: string): Promise<Profile> {
  const { labs, baseImages } = services;
  const source = labs.profile(name);
  mustBeFree(services, newName);
  const current = labs.current(source);
  const version = { ...current, version: 1, publishedAt: services.now().toISOString(), publishedBy: caller.name };
  const clone = { ...source, name: newName, owner: caller.name, version: 1, versions: [version] };
  const createdAt = version.publishedAt;
  if (current.isImage) return put(services, { ...clone, createdAt });
  const from = { profileName: name, version: current.version };
  const to = { profileName: newName, version: 1 };
  // Its name is taken meanwhile: of two clones of one name the second would take the first one's base away again.
  return labs.whileMaking(newName, async () => {
    try {
      await baseImages.copy(from, to);
      services.checkpoint('base copied');
      // The original's own version may have gone while it was copied, and with it files that were not linked yet.
      if (!labs.version(from)) {
        const why = reason('versionRemoved', { version: from.version, profileName: name });
        throw new TtError('PROFILE_PUBLISH_FAILED', { profileName: newName, reason: why });
      }
      return put(services, { ...clone, createdAt });
    } catch (error) {
      await baseImages.remove(to);
      throw await publishFailure(services, newName, error);
    }
  });
}

export const rollBackProfileOperation = defineOperation({
  kind: 'profile.rollback',
  ...onProfile,
  cancellable: false,
  async run({ services, target: profile, input: { name, version } }) {
    if (!profile.versions.some((candidate) => candidate.version === version)) {
      const kept = profile.versions.map((candidate) => String(candidate.version));
      throw new TtError('PROFILE_VERSION_NOT_FOUND', { profileName: name, version, kept });
    }
    mustBeClosed(services, name);
    return put(services, { ...profile, version });
  },
});

export const deleteProfileOperation = defineOperation({
  kind: 'profile.delete',
  ...onProfile,
  cancellable: false,
  run: ({ services, input }) => deleteProfile(services, input.name),
});

async function deleteProfile(services: Services, name: string): Promise<{ name: string }> {
  const { labs, baseImages, inventory } = services;
  const users = [
    ...labs.labs().flatMap((lab) => (lab.profileNames.includes(name) ? [lab.name] : [])),
    ...inventory.envs().flatMap((env) => (env.lab?.profileName === name ? [env.name] : [])),
    ...inventory.vms().flatMap((vm) => (vm.origin.base?.profileName === name ? [vm.name] : [])),
  ];
  if (labs.openingBy(name) !== null) users.push(adminEnvName(name));
  if (users.length > 0) throw new TtError('PROFILE_IN_USE', { profileName: name, users });
  labs.deleteProfile(name);
  services.checkpoint('profile deleted');
  await baseImages.removeProfile(name);
  await sweepSources(services);
  return { name };
}

function put(services: Services, profile: ProfileRecord): Profile {
  services.labs.putProfile(profile);
  return profileView(profile);
}

/** Throws NAME_INVALID or PROFILE_NAME_TAKEN. */
function mustBeFree({ labs }: Services, name: string): void {
  if (!isValidName(name)) throw new TtError('NAME_INVALID', { name });
  labs.mustBeFree(name);
}

/** By its whole name, or by a prefix that only one has. Throws IMAGE_NOT_FOUND or IMAGE_NOT_READY. */
function imageFor({ images }: Services, wanted: string): Image {
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
function changed(profile: ProfileRecord, change: ProfileChange, image: Image): ProfileRecord {
  const { title, notes, startScript, keptVersions, diskMiB, netKind, ports } = change;
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
  return { ...profile, ...given({ title, notes, startScript, keptVersions }), spec };
}

/** Without the fields that are undefined. */
function given<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof given<Fields>
  >;
}
