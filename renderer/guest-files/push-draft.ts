// What is to be pushed into guests: to which machines, what, where to. Filled by drops and choosers until it is sent.
import { guestPathSchema } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef, runInAction } from 'mobx';
import type { DropItem } from 'react-aria-components';
import { joined, type LocalTree, LocalTreeProblem, sizeOf, treeOfItems, treeOfList } from './local-tree.ts';

export interface PushTarget {
  envName: string;
  /** null: all machines of the ENV that run. */
  vmId: string | null;
  /** null: where files of this ENV last went. */
  folder: string | null;
}

export class PushDraft {
  readonly envName: string;
  readonly vmId: string | null;
  folder: string;
  tree: LocalTree = { files: [], folders: [] };
  isReading = false;
  problem: LocalTreeProblem | null = null;

  constructor({ envName, vmId }: PushTarget, folder: string) {
    this.envName = envName;
    this.vmId = vmId;
    this.folder = folder;
    makeObservable(this, {
      folder: observable,
      tree: observableRef,
      isReading: observable,
      problem: observableRef,
      isEmpty: computed,
      sizeBytes: computed,
      isFolderValid: computed,
      setFolder: action,
      clear: action,
    });
  }

  get isEmpty(): boolean {
    return this.tree.files.length === 0 && this.tree.folders.length === 0;
  }

  get sizeBytes(): number {
    return sizeOf(this.tree);
  }

  get isFolderValid(): boolean {
    return guestPathSchema.safeParse(this.folder).success;
  }

  setFolder(folder: string): void {
    this.folder = folder;
  }

  clear(): void {
    this.tree = { files: [], folders: [] };
    this.problem = null;
  }

  /** What is dropped in addition. */
  drop(items: readonly DropItem[]): Promise<void> {
    return this.#add(() => treeOfItems(items));
  }

  choose(list: Iterable<File>): Promise<void> {
    return this.#add(async () => treeOfList(list));
  }

  async #add(read: () => Promise<LocalTree>): Promise<void> {
    runInAction(() => {
      this.isReading = true;
      this.problem = null;
    });
    try {
      const added = await read();
      runInAction(() => {
        this.tree = joined(this.tree, added);
      });
    } catch (error) {
      if (!(error instanceof LocalTreeProblem)) throw error;
      runInAction(() => {
        this.problem = error;
      });
    } finally {
      runInAction(() => {
        this.isReading = false;
      });
    }
  }
}
