// What a user owns, and giving all of it to another. Images first, as their manifests are files; the records follow together.
import { TtError } from '@tt/protocol';
import { UndoStack } from '../host/undo-stack.ts';
import { replaceManifest } from '../images/write-image.ts';
import type { Services } from '../operations/services.ts';
import type { EnvRecord, LabRecord, ProfileRecord, TemplateRecord } from '../state/records.ts';

export interface Belongings {
  envs: EnvRecord[];
  labs: LabRecord[];
  profiles: ProfileRecord[];
  templates: TemplateRecord[];
  /** Names. */
  images: string[];
}

type Owning = Pick<Services, 'inventory' | 'labs' | 'templates' | 'images'>;

export function belongingsOf({ inventory, labs, templates, images }: Owning, userName: string): Belongings {
  const isTheirs = ({ owner }: { owner: string | null }) => owner === userName;
  return {
    envs: inventory.envs().filter(isTheirs),
    labs: labs.labs().filter(isTheirs),
    profiles: labs.profiles().filter(isTheirs),
    templates: templates.list().filter(isTheirs),
    images: images.list().flatMap((image) => (isTheirs(image) ? [image.name] : [])),
  };
}

export function countOf(belongings: Belongings): number {
  return Object.values(belongings).reduce<number>((sum, { length }) => sum + length, 0);
}

/** Throws USER_BUSY while an operation runs on any of it, or was started by its owner: it would write the old owner back. */
export function mustBeIdle(
  { operations }: Pick<Services, 'operations'>,
  userName: string,
  { envs, labs, profiles, templates, images }: Belongings,
): void {
  const names = (records: readonly { name: string }[]) => new Set(records.map(({ name }) => name));
  const owned = { env: names(envs), lab: names(labs), profile: names(profiles), template: names(templates) };
  const owns = (set: ReadonlySet<string>, name: string | undefined) => name !== undefined && set.has(name);
  const busy = operations.list().find(({ id, state, subject }) => {
    if (state !== 'running') return false;
    return (
      operations.startedBy(id) === userName ||
      owns(owned.env, subject.envName) ||
      owns(owned.lab, subject.labName) ||
      owns(owned.profile, subject.profileName) ||
      owns(owned.template, subject.templateName) ||
      owns(new Set(images), subject.imageName)
    );
  });
  if (busy) throw new TtError('USER_BUSY', { user: userName, operation: busy.kind });
}

/** Everything of `from`, or nothing; returns how many things. Rejects with USER_BUSY, and as `ImageService.ready`. */
export async function handOver(
  services: Owning & Pick<Services, 'operations' | 'logger'>,
  { from, to: newOwner, afterwards }: { from: string; to: string; afterwards: () => void },
): Promise<number> {
  const { images, logger } = services;
  const before = belongingsOf(services, from);
  mustBeIdle(services, from, before);
  const undo = new UndoStack((what, error) => logger.error({ err: error, what }, 'could not be undone'));
  try {
    for (const name of before.images) {
      const { manifest } = images.ready(name);
      const place = images.placeOf(name);
      await images.change(() => replaceManifest(place, { ...manifest, owner: newOwner }));
      undo.add(`owner of ${name}`, () => images.change(() => replaceManifest(place, manifest)));
    }
    // Operations may have begun while files were written.
    const now = belongingsOf(services, from);
    mustBeIdle(services, from, now);
    undo.add('owner of records', () => giveRecords(services, now, from));
    giveRecords(services, now, newOwner);
    afterwards();
    undo.commit();
    return countOf(before);
  } catch (error) {
    await undo.undo();
    throw error;
  } finally {
    images.tell();
  }
}

/** In one turn: an operation that begins later reads the new owner. */
function giveRecords({ inventory, labs, templates }: Owning, belongings: Belongings, owner: string): void {
  for (const env of belongings.envs) inventory.putEnv({ ...env, owner });
  for (const lab of belongings.labs) labs.putLab({ ...lab, owner });
  for (const profile of belongings.profiles) labs.putProfile({ ...profile, owner });
  for (const template of belongings.templates) templates.put({ ...template, owner });
}
