// The folders of one agent in one hierarchy: `<base>/tt-<agentTag>/<vmId>`. v2 has a single hierarchy, v1 one per controller.
import path from 'node:path';
import type { CgroupFiles } from './cgroup-files.ts';
import { CgroupError, errnoOf } from './errors.ts';

/** No dots, because all of the kernel's own file names contain one, except these. */
const VM_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const KERNEL_FILES = ['tasks', 'notify_on_release', 'release_agent'];
const AGENT_TAG = /^[0-9a-f]{4}$/;

export class GroupFolders {
  readonly agentFolder: string;
  readonly #files: CgroupFiles;
  readonly #prepare: (agentFolder: string) => Promise<void>;
  /** Making a VM's folder and removing the emptied agent's folder must not meet. */
  #turn: Promise<unknown> = Promise.resolve();

  /** `prepare` is called after the agent's folder was created, while it is still empty. */
  constructor(files: CgroupFiles, base: string, agentTag: string, prepare = async (_agentFolder: string) => {}) {
    if (!AGENT_TAG.test(agentTag)) throw new CgroupError('BAD_NAME', `not an agent's tag: ${JSON.stringify(agentTag)}`);
    this.#files = files;
    this.agentFolder = path.join(base, `tt-${agentTag}`);
    this.#prepare = prepare;
  }

  /** Path of a VM's group. Throws BAD_NAME. */
  of(vmId: string): string {
    checkVmId(vmId);
    return path.join(this.agentFolder, vmId);
  }

  /** Makes and removes the agent's own folder, to see early whether it may. */
  probe(): Promise<void> {
    return this.#inTurn(async () => {
      if (await this.#files.make(this.agentFolder)) await this.#prepare(this.agentFolder);
      await this.#removeAgentFolderWhenEmpty();
    });
  }

  /** True when the VM's folder was not there. */
  make(vmId: string): Promise<boolean> {
    const folder = this.of(vmId);
    return this.#inTurn(async () => {
      await this.#files.make(this.agentFolder);
      // Each time, not only when it is new: an agent killed between the two steps must not leave it half made for ever.
      await this.#prepare(this.agentFolder);
      return this.#files.make(folder);
    });
  }

  /**
   * Removing the last group also removes the agent's folder, so that nothing of an agent that never comes back remains. EBUSY.
   */
  remove(vmId: string): Promise<void> {
    const folder = this.of(vmId);
    return this.#inTurn(async () => {
      await this.#files.remove(folder);
      await this.#removeAgentFolderWhenEmpty();
    });
  }

  async has(vmId: string): Promise<boolean> {
    return (await this.list()).includes(vmId);
  }

  async list(): Promise<string[]> {
    return ((await this.#files.folders(this.agentFolder)) ?? []).toSorted();
  }

  async #removeAgentFolderWhenEmpty(): Promise<void> {
    try {
      await this.#files.remove(this.agentFolder);
    } catch (error) {
      if (errnoOf(error) !== 'EBUSY' && errnoOf(error) !== 'ENOTEMPTY') throw error;
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** Throws BAD_NAME for an id that can't be a folder's name. */
export function checkVmId(vmId: string): void {
  if (VM_ID.test(vmId) && !KERNEL_FILES.includes(vmId)) return;
  throw new CgroupError('BAD_NAME', `not an id a group can have: ${JSON.stringify(vmId)}`);
}
