// The pictures of everything that feeds begin with. Those who see the same at the same revision share one: administrators, and
// users who own nothing.
import type { Operation } from '@tt/protocol';
import { seesTemplate } from '../access/for-others.ts';
import { briefEnv, briefLab, briefProfile, briefSnapshot, briefVm } from '../access/long-texts.ts';
import { ownersOf, type Reader, teamAccount } from '../access/owners.ts';
import type { HostService } from '../app/host-service.ts';
import { Pages, type Picture } from '../events/pages.ts';
import type { Services } from '../operations/services.ts';
import { templateView } from '../templates/templates.ts';
import { operationFor, shownAs } from './shown.ts';

type Sources = Pick<Services, 'inventory' | 'images' | 'labs' | 'templates' | 'operations' | 'log'>;

/** The records of one revision, and how each kind of reader is shown them. */
interface Moment {
  revision: number;
  /** Accounts to which something belongs. */
  owners: ReadonlySet<string>;
  /** By who reads them. */
  pages: Map<string, Pages>;
  pagesFor: (reader: Reader) => Pages;
}

export class Pictures {
  readonly #services: Sources;
  readonly #host: HostService;
  /** Of the revision somebody last asked at. */
  #latest: Moment | null = null;

  constructor(services: Sources, host: HostService) {
    this.#services = services;
    this.#host = host;
  }

  /** Everything as it is now, as `reader` may see it. */
  of(reader: Reader): Picture {
    if (this.#latest?.revision !== this.#services.log.revision) this.#latest = momentOf(this.#services);
    const { owners, pages: known, pagesFor } = this.#latest;
    const key = groupOf(reader, owners);
    const pages = known.get(key) ?? pagesFor(reader);
    known.set(key, pages);
    return { host: this.#host.view(), pages };
  }
}

/** Readers with the same key see the same. */
function groupOf({ name, role, teams }: Reader, owners: ReadonlySet<string>): string {
  if (role === 'admin') return 'admin';
  const shared = (teams?.names() ?? []).map(teamAccount).filter((account) => owners.has(account));
  return [role === 'user' && owners.has(name) ? `user ${name}` : 'others', ...shared].join(' ');
}

function momentOf(services: Sources): Moment {
  const { inventory, images, labs, templates, operations, log } = services;
  const still = inventory.still();
  const ownersByEnv = new Map(still.envs.map((env) => [env.name, ownersOf(env)]));
  const drawing = {
    envView: still.envView,
    vmView: still.vmView,
    ownersOf: (envName: string) => ownersByEnv.get(envName) ?? [],
  };
  const [allImages, allLabs, allProfiles, owned] = [images.list(), labs.labs(), labs.profiles(), operations.owned()];
  const allTemplates = templates.list();
  return {
    revision: log.revision,
    owners: new Set([
      ...[...ownersByEnv.values()].flat(),
      ...allLabs.map(({ owner }) => owner),
      ...allProfiles.map(({ owner }) => owner),
      ...allTemplates.map(({ owner }) => owner),
      ...owned.flatMap(({ owners }) => owners),
    ]),
    pages: new Map(),
    pagesFor(reader) {
      const shown = shownAs(reader, drawing);
      return new Pages({
        envs: listOf(still.envs, (record) => briefEnv(shown.env(record))),
        vms: listOf(still.vms, (record) => briefVm(shown.vm(record))),
        snapshots: listOf(still.snapshots, (record) => briefSnapshot(shown.snapshot(record))),
        images: listOf(allImages, (image) => image),
        labs: listOf(allLabs, (record) => briefLab(shown.lab(record))),
        profiles: listOf(allProfiles, (record) => briefProfile(shown.profile(record))),
        templates: listOf(
          allTemplates.filter((record) => seesTemplate(reader, record)),
          templateView,
        ),
        operations: listOf(owned, (one): Operation => operationFor(reader, one)),
      });
    },
  };
}

function listOf<Record, Shown>(records: readonly Record[], show: (record: Record) => Shown) {
  return { length: records.length, at: (index: number): Shown => show(records[index] as Record) };
}
