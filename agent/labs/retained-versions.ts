// Which versions of a profile's base image are retained: the current one, as many of the newest as the profile says, and every
// one that a machine's disk is based on.
import { sweepSources } from '../operations/background/sweep-sources.ts';
import type { Services } from '../operations/services.ts';
import type { ProfileRecord } from '../state/records.ts';
import type { BaseRef } from '../state/vm-record.ts';

/** Removes those that are not retained. A version is removed from the record before its files. */
export async function pruneVersions(services: Services, profileName: string): Promise<void> {
  const { labs, baseImages, logger } = services;
  const profile = labs.profile(profileName);
  const stay = staying(services, profile);
  const gone = profile.versions.filter(({ version }) => !stay.has(version));
  if (gone.length === 0) return;
  labs.putProfile({ ...profile, versions: profile.versions.filter(({ version }) => stay.has(version)) });
  services.checkpoint('versions forgotten');
  for (const { version, isImage } of gone) {
    if (!isImage) await baseImages.remove({ profileName, version });
    logger.info({ profileName, version }, 'old version of a base removed');
  }
  await sweepSources(services);
}

/** After a start: base images that no profile knows, or whose profile could not be written down, are removed. */
export async function sweepBaseImages({
  labs,
  baseImages,
  logger,
}: Pick<Services, 'logger' | 'labs' | 'baseImages'>): Promise<void> {
  const known: BaseRef[] = labs
    .profiles()
    .flatMap(({ name, versions }) =>
      versions.flatMap(({ version, isImage }) => (isImage ? [] : { profileName: name, version })),
    );
  for (const folder of await baseImages.sweep(known))
    logger.warn({ folder }, 'removing a base that belongs to no profile');
}

function staying(
  { inventory }: Pick<Services, 'inventory'>,
  { name, version, versions, keptVersions }: ProfileRecord,
): Set<number> {
  const used = inventory.vms().flatMap(({ origin: { base } }) => (base?.profileName === name ? [base.version] : []));
  const newest = versions
    .map((candidate) => candidate.version)
    .sort((a, b) => b - a)
    .slice(0, keptVersions);
  return new Set([version, ...newest, ...used]);
}
