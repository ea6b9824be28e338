// Makes, changes, clones and deletes profiles, and moves between the kept versions of a base.
import { type Image, isValidName, KEPT_VERSIONS_DEFAULT, matchesOsPrefix, type Profile, TtError } from '@tt/protocol';
import type { Caller } from '../caller.ts';
import { defineOperation } from '../define-operation.ts';
import { checkMemory, DEFAULT_MEMORY_MIB, withSsh } from '../vms/plan-vms.ts';
import type { Services } from '../services.ts';
import { sweepSources } from '../background/sweep-sources.ts';
import type { ProfileRecord } from '../../state/records.ts';
import { publishFailure } from './admin-session.ts';
import { pruneVersions } from '../../labs/retained-versions.ts';
import { profileView } from '../../labs/lab-registry.ts';
import { onProfile } from '../../labs/rights.ts';
import { adminEnvName, mustBeClosed } from '../../labs/sessions.ts';

interface ProfileChange {
  title?: string | undefined;
  notes?: string | undefined;
  cpuCount?: number | undefined;
  memoryMiB?: number | undefined;
  diskMiB?: number | undefined;
  netKind?: Profile['netKind'] | undefined;
  ports?: Profile['ports'] | undefined;
  setup?: string | undefined;
  keptVersions?: number | undefined;
}

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
    resources: {
      cpuCount: 1,
      memoryMiB: Math.max(DEFAULT_MEMORY_MIB, image.minMemoryMiB),
      diskMiB: image.minDiskMiB,
    },
    netKind: null,
    ports: [],
    setup: '',
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
  const { labs, bases } = services;
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
      await bases.copy(from, to);
      services.checkpoint('base copied');
      // The original's own version may have gone while it was copied, and with it files that were not linked yet.
      if (!labs.version(from)) {
        const reason = `version ${from.version} of ${name} was removed meanwhile`;
        throw new TtError('PROFILE_PUBLISH_FAILED', { profileName: newName, reason });
      }
      return put(services, { ...clone, createdAt });
    } catch (error) {
      await bases.remove(to);
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
  const { labs, bases, inventory } = services;
  const users = [
    ...labs.labs().flatMap((lab) => (lab.profileNames.includes(name) ? [lab.name] : [])),
    ...inventory.envs().flatMap((env) => (env.lab?.profileName === name ? [env.name] : [])),
    ...inventory.vms().flatMap((vm) => (vm.base?.profileName === name ? [vm.name] : [])),
  ];
  if (labs.openingBy(name) !== null) users.push(adminEnvName(name));
  if (users.length > 0) throw new TtError('PROFILE_IN_USE', { profileName: name, users });
  labs.deleteProfile(name);
  services.checkpoint('profile deleted');
  await bases.removeProfile(name);
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
    throw new TtError('IMAGE_NOT_FOUND', { wanted, near: found.map(({ name }) => name).slice(0, 5) });
  }
  if (image.state !== 'ready') throw new TtError('IMAGE_NOT_READY', { imageName: image.name, state: image.state });
  return image;
}

/** Throws MEMORY_TOO_SMALL or DISK_TOO_SMALL. */
function changed(profile: ProfileRecord, change: ProfileChange, image: Image): ProfileRecord {
  const { cpuCount, memoryMiB, diskMiB, ports, ...plain } = change;
  const resources = {
    cpuCount: cpuCount ?? profile.resources.cpuCount,
    memoryMiB: memoryMiB ?? profile.resources.memoryMiB,
    diskMiB: diskMiB ?? profile.resources.diskMiB,
  };
  checkMemory(image, resources.memoryMiB);
  // A published base may have grown beyond the image; its machines must not be smaller than what they fall back to.
  const minMiB = profile.version === 1 ? image.minDiskMiB : Math.max(image.minDiskMiB, profile.resources.diskMiB);
  if (resources.diskMiB < minMiB) {
    throw new TtError('DISK_TOO_SMALL', { imageName: image.name, minMiB, wantedMiB: resources.diskMiB });
  }
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  const wanted = ports && {
    ports: withSsh(ports).filter(({ guestPort, protocol }) => guestPort !== 22 || protocol !== 'tcp'),
  };
  return { ...profile, ...given, ...wanted, resources };
}
