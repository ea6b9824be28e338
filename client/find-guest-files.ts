// Asks a guest what there is of the files and folders that are wanted, before any of it is fetched.
import { type GuestEntryView, type TtClient, TtError } from '@tt/protocol';
import type { Found } from './guest-list.ts';

/** Of one guest, however many lists they are in: all are held in memory, and a guest can list whatever it likes. */
const MOST_FOUND = { files: 200_000, characters: 32 * 1024 * 1024 };

type Client = Pick<TtClient, 'guestFile'>;
type ListInput = Parameters<TtClient['guestFile']['list']>[0];

export interface FindRequest {
  vm: { id: string; name: string };
  more: Partial<Pick<ListInput, 'user' | 'timeoutS'>>;
  signal?: AbortSignal;
}

/**
 * `paths`: absolute, or patterns (glob(7)). Throws GUEST_FILE_MISSING for one that matches nothing, GUEST_LIST_INVALID, and
 * GUEST_FILES_TOO_MANY.
 */
export async function findGuestFiles(client: Client, paths: readonly string[], request: FindRequest): Promise<Found[]> {
  const lists = new Lists(client, request);
  const found: Found[] = [];
  for (const path of paths) {
    const entries = await lists.of(path, 'pattern');
    if (entries.length === 0) throw new TtError('GUEST_FILE_MISSING', { vmName: request.vm.name, path });
    for (const named of entries) found.push(await lists.below(named));
  }
  return found;
}

/** The same of entries that the guest has listed already. */
export async function findNamed(
  client: Client,
  entries: readonly GuestEntryView[],
  request: FindRequest,
): Promise<Found[]> {
  const lists = new Lists(client, request);
  const found: Found[] = [];
  for (const named of entries) found.push(await lists.below(named));
  return found;
}

class Lists {
  readonly #client: Client;
  readonly #request: FindRequest;
  readonly #left = { ...MOST_FOUND };

  constructor(client: Client, request: FindRequest) {
    this.#client = client;
    this.#request = request;
  }

  async of(path: string, what: 'pattern' | 'tree'): Promise<readonly GuestEntryView[]> {
    const { vm, more, signal } = this.#request;
    const { entries } = await this.#client.guestFile.list(
      { vmId: vm.id, path, what, ...more },
      signal ? { signal } : {},
    );
    const left = this.#left;
    left.files -= entries.length;
    left.characters -= entries.reduce((sum, entry) => sum + entry.path.length, 0);
    if (left.files < 0 || left.characters < 0) {
      throw new TtError('GUEST_FILES_TOO_MANY', { vmName: vm.name, path, most: MOST_FOUND.files });
    }
    return entries;
  }

  /** What is listed was named by the guest: asked for again, it must be a path that can be. */
  async below(named: GuestEntryView): Promise<Found> {
    if (!isAbsolute(named.path)) {
      throw new TtError('GUEST_LIST_INVALID', { vmName: this.#request.vm.name, path: named.path });
    }
    return { named, below: named.kind === 'folder' ? await this.of(named.path, 'tree') : [] };
  }
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') && !path.includes('\0') && !path.split('/').some((part) => part === '.' || part === '..');
}
