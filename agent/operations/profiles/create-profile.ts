// Creates a profile, whose first version is an image.
import { KEPT_VERSIONS_DEFAULT, newPlainSpec, type Profile } from '@tt/protocol';
import type { ProfileRecord } from '../../state/records.ts';
import type { Caller } from '../caller.ts';
import type { RecordServices } from '../capacity/record-limits.ts';
import { defineOperation } from '../define-operation.ts';
import { waitForImages } from '../images/wait-for-images.ts';
import type { Services } from '../services.ts';
import { DEFAULT_MEMORY_MIB } from '../vms/plan-vms.ts';
import { changedProfile, imageFor, mustBeFree, type ProfileChange, putProfile } from './profile-fields.ts';

export const createProfileOperation = defineOperation({
  kind: 'profile.create',
  allow: () => null,
  subject: (_target, { name }) => ({ profileName: name }),
  cancellable: true,
  async run({ services, caller, input: { operationId: _id, wait = true, ...request }, operation }) {
    await waitForImages(services, wait, operation, () => imageFor(services, request.image));
    return createProfile(services, caller, request);
  },
});

function createProfile(
  services: RecordServices & Pick<Services, 'now'>,
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
    shared: false,
    image: image.name,
    spec: {
      ...newPlainSpec(),
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
  return putProfile(services, changedProfile(profile, change, image), null);
}
