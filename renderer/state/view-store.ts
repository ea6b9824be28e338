// Where the user is: the view (from the address), the open dialog, what is chosen on the board and on the shelf.
import type { ReadableFile } from '@tt/client';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';
import type { PushDraft } from '../guest-files/push-draft.ts';
import type { GroupsDraft } from '../new-env/groups-draft.ts';
import type { NewEnvDraft } from '../new-env/new-env-draft.ts';
import type { TemplateSource } from '../new-env/template-source.ts';
import { type EnvTab, formatRoute, parseRoute, type Route } from './route.ts';

export type OpenDialog =
  | { kind: 'newEnv'; draft: NewEnvDraft | null; template?: string }
  | { kind: 'deleteEnvs'; names: readonly string[] }
  | { kind: 'purgeEnvs'; names: readonly string[] }
  | { kind: 'stopEnvs'; names: readonly string[] }
  | { kind: 'snapshotEnvs'; names: readonly string[] }
  | { kind: 'deleteVm'; vmId: string }
  /** `vmIds`: those of several machines, instead of one or all. */
  | { kind: 'takeSnapshot'; envName: string; vmId: string | null; vmIds?: readonly string[] }
  | { kind: 'deleteSnapshot'; snapshotId: string }
  | { kind: 'revert'; snapshotId: string }
  | { kind: 'compareSnapshots'; envName: string; snapshotId: string }
  | { kind: 'revertVm'; vmId: string }
  | { kind: 'copyEnv'; envName: string; snapshotId: string | null }
  | { kind: 'exportCapsule'; envName: string; snapshotName: string | null }
  | { kind: 'importCapsule'; file: ReadableFile | null }
  | { kind: 'editSnapshot'; snapshotId: string }
  | { kind: 'usage'; envName: string }
  | { kind: 'lifetime'; envName: string }
  | { kind: 'editEnv'; envName: string }
  | { kind: 'addMachines'; envName: string; draft: GroupsDraft | null }
  | { kind: 'changeMachines'; envName: string; vmIds: readonly string[] | null }
  | { kind: 'removeMachines'; envName: string; vmIds: readonly string[] }
  | { kind: 'vmDetails'; vmId: string }
  | { kind: 'disks'; vmId: string }
  | { kind: 'pushFiles'; draft: PushDraft }
  | { kind: 'push'; id: string }
  | { kind: 'lab'; name: string | null }
  | { kind: 'deleteLab'; name: string }
  | { kind: 'terminal'; labName: string; name: string | null }
  | { kind: 'endSession'; labName: string; sessionName: string }
  | { kind: 'startSession'; labName: string; terminalName: string | null }
  | { kind: 'profile'; name: string | null }
  | { kind: 'cloneProfile'; name: string }
  | { kind: 'profileVersions'; name: string }
  | { kind: 'deleteProfile'; name: string }
  | { kind: 'openAdmin'; name: string }
  | { kind: 'publishProfile'; name: string }
  | { kind: 'install'; medium: string | null }
  | { kind: 'sshKey'; envName: string }
  | { kind: 'importImage'; file: ReadableFile | null }
  | { kind: 'imageDetails'; name: string }
  | { kind: 'changeImage'; name: string; change: 'rename' | 'delete' }
  | { kind: 'publishImage'; vmId: string; snapshotName: string | null }
  | { kind: 'saveTemplate'; source: TemplateSource }
  | { kind: 'renameTemplate'; name: string }
  | { kind: 'deleteTemplate'; name: string }
  | { kind: 'firewall' }
  | { kind: 'addConnection'; renewed: string | null }
  | { kind: 'editConnection'; id: string }
  | { kind: 'removeConnection'; id: string }
  | { kind: 'palette' }
  | { kind: 'keys' };

/** The window's address bar, as far as it is needed; tests give their own. */
export interface AddressBar {
  read(): string;
  write(hash: string): void;
  onChange(listener: () => void): () => void;
}

export class ViewStore {
  route: Route;
  dialog: OpenDialog | null = null;
  /** What was being composed when the New ENV sheet was closed; null: nothing, or it was created. */
  newEnvDraft: NewEnvDraft | null = null;
  /** ENVs selected on the board. */
  selected: ReadonlySet<string> = new Set();
  /** Ids of the machines selected on the page of an ENV. */
  selectedVms: ReadonlySet<string> = new Set();
  /** The ENV under the focus of the board: its timeline is on the shelf. */
  boardFocus: string | null = null;
  readonly #address: AddressBar;
  readonly #onlyEnv: () => string | null;

  /** `onlyEnv`: the name of the ENV when there is just one: nothing else could be meant. */
  constructor(address: AddressBar, onlyEnv: () => string | null) {
    this.#address = address;
    this.#onlyEnv = onlyEnv;
    this.route = parseRoute(address.read());
    makeObservable(this, {
      route: observableRef,
      dialog: observableRef,
      newEnvDraft: observableRef,
      selected: observableRef,
      selectedVms: observableRef,
      boardFocus: observable,
      chosenEnv: computed,
      go: action,
      follow: action,
      open: action,
      close: action,
      keepNewEnv: action,
      select: action,
      selectVms: action,
      focusEnv: action,
    });
  }

  /** The ENV whose timeline the shelf shows; null when none is chosen. */
  get chosenEnv(): string | null {
    const { page } = this.route;
    if (page === 'env' || page === 'console' || page === 'wall') return this.route.envName;
    if (this.route.page !== 'envs') return null;
    if (this.selected.size === 1) return [...this.selected][0] ?? null;
    return this.#onlyEnv() ?? this.boardFocus;
  }

  go(route: Route): void {
    this.route = route;
    this.#address.write(formatRoute(route));
  }

  goToEnv(envName: string, tab: EnvTab = 'machines'): void {
    this.go({ page: 'env', envName, tab });
  }

  follow(hash: string): void {
    this.route = parseRoute(hash);
  }

  open(dialog: OpenDialog): void {
    this.dialog = dialog;
  }

  close(): void {
    this.dialog = null;
  }

  keepNewEnv(draft: NewEnvDraft | null): void {
    this.newEnvDraft = draft;
  }

  select(names: Iterable<string>): void {
    this.selected = new Set(names);
  }

  selectVms(vmIds: Iterable<string>): void {
    this.selectedVms = new Set(vmIds);
  }

  focusEnv(envName: string | null): void {
    this.boardFocus = envName;
  }

  start(): () => void {
    return this.#address.onChange(() => this.follow(this.#address.read()));
  }
}
