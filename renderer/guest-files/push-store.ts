// Pushes of this window: each goes on when its dialog is closed, and is found again in the status bar until nobody needs it.
import { action, computed, makeObservable, observable, runInAction } from 'mobx';
import type { OperationStore } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { translate } from '../i18n/index.ts';
import type { ToastStore } from '../state/toast-store.ts';
import type { ViewStore } from '../state/view-store.ts';
import { Push, type PushSpec } from './push.ts';
import { PushDraft, type PushTarget } from './push-draft.ts';
import type { RememberedFolders } from './remembered-folders.ts';

export class PushStore {
  /** Grows when a push has ended: folders of guests that are shown may be old. */
  generation = 0;
  readonly #pushes = observable.map<string, Push>({}, { deep: false });
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;
  readonly #toasts: ToastStore;
  readonly #view: ViewStore;
  readonly #folders: RememberedFolders;

  constructor(
    bridge: Bridge,
    operations: OperationStore,
    toasts: ToastStore,
    view: ViewStore,
    folders: RememberedFolders,
  ) {
    this.#bridge = bridge;
    this.#operations = operations;
    this.#toasts = toasts;
    this.#view = view;
    this.#folders = folders;
    makeObservable(this, { generation: observable, running: computed, discard: action });
  }

  /** Oldest first. */
  get running(): Push[] {
    return [...this.#pushes.values()].filter(({ phase }) => phase !== 'ended');
  }

  get(id: string): Push | undefined {
    return this.#pushes.get(id);
  }

  /** Asks what and where to. */
  draft(target: PushTarget): PushDraft {
    const draft = new PushDraft(target, target.folder ?? this.#folders.of(target.envName));
    this.#view.open({ kind: 'pushFiles', draft });
    return draft;
  }

  /** Begins it, and shows how far it is. */
  begin(spec: PushSpec): Push {
    this.#folders.remember(spec.envName, spec.folder);
    const push = new Push(spec, this.#bridge, this.#operations);
    this.#add(push);
    this.show(push);
    void this.#follow(push, push.run());
    return push;
  }

  retry(push: Push, vmIds: readonly string[], how: { overwrites: boolean }): void {
    void this.#follow(push, push.retry(vmIds, how));
  }

  show(push: Push): void {
    this.#view.open({ kind: 'push', id: push.id });
  }

  /** Nobody looks at it any more. */
  discard(push: Push): void {
    if (push.phase !== 'ended') return;
    this.#pushes.delete(push.id);
    void push.discard();
  }

  readonly #add = action((push: Push) => void this.#pushes.set(push.id, push));

  /** What ends while its dialog is open is seen there. */
  async #follow(push: Push, run: Promise<void>): Promise<void> {
    await run;
    runInAction(() => this.generation++);
    const { dialog } = this.#view;
    if (dialog?.kind === 'push' && dialog.id === push.id) return;
    const values = { count: push.fileCount, name: push.name };
    const [first] = push.failed;
    if (!first?.failure) {
      this.#toasts.say(translate('guestFiles.pushed', values));
      this.discard(push);
      return;
    }
    const action = { label: translate('guestFiles.showPush'), run: () => this.show(push) };
    this.#toasts.fail(translate('guestFiles.pushFailed', values), first.failure, action);
  }
}
