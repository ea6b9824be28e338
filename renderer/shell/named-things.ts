// ENVs, machines and snapshots in the command palette. There may be thousands, and it shows a few lines of them: how the lines are
// called is said by names alone, and what can be done is worked out for a thing when one of its lines is shown.
import type { Snapshot } from '@tt/protocol';
import { Boxes } from 'lucide-react';
import { type EnvActionId, envActions } from '../env/actions.ts';
import { snapshotLabel, type Translate, type Word } from '../i18n/index.ts';
import { type VmActionId, vmActions } from '../machines/actions.ts';
import { type SnapshotActionId, snapshotActions } from '../snapshots/actions.ts';
import type { Stores } from '../state/stores.ts';
import { shortVmName } from '../state/vm-name.ts';
import { type Command, commandsOf } from './command.ts';
import { type Fill, sentence } from './sentence.ts';

export interface Thing {
  /** What the ids of its commands end with. */
  of: string;
  /** The ids of its commands. */
  ids: () => string[];
  /** How they are called, in the same order; none of it depends on what the thing does now. */
  labels: () => string[];
  /** They themselves as they are now, in the same order; none when the thing is gone. */
  commands: () => Command[];
}

export interface EnvNamed {
  name: string;
  /** An expired one is extended by other words. */
  expired: boolean;
}
export interface VmNamed {
  id: string;
  /** With its ENV: `demo/tiny-1`. */
  name: string;
}
export type SnapshotNamed = Pick<Snapshot, 'id' | 'envName' | 'name'>;

const ofEnv: readonly (readonly [EnvActionId, Word, 'env' | 'name'])[] = [
  ['snapshot', 'shell.palette.snapshotEnv', 'env'],
  ['wall', 'wall.open', 'env'],
  ['run', 'shell.palette.runIn', 'env'],
  ['push', 'guestFiles.pushTo', 'name'],
  ['start', 'shell.palette.startEnv', 'env'],
  ['stop', 'shell.palette.stopEnv', 'env'],
  ['extend', 'envs.addHourLong', 'env'],
  ['lifetime', 'shell.palette.lifetime', 'env'],
  ['edit', 'shell.palette.editEnv', 'env'],
  ['add', 'shell.palette.addMachines', 'env'],
  ['change', 'shell.palette.changeMachines', 'env'],
  ['remove', 'shell.palette.removeMachines', 'env'],
  ['clone', 'copies.cloneTitle', 'env'],
  ['export', 'copies.capsule.exportTitle', 'env'],
  ['sshKey', 'cloudInit.keyTitle', 'env'],
  ['delete', 'shell.palette.deleteEnv', 'env'],
];
const ofVm: readonly (readonly [VmActionId, Word, 'vm' | 'name'])[] = [
  ['console', 'shell.palette.openConsole', 'vm'],
  ['panes', 'panes.openOf', 'vm'],
  ['shell', 'shell.palette.openShell', 'vm'],
  ['snapshot', 'shell.palette.snapshotVm', 'vm'],
  ['revert', 'machines.revertOf', 'vm'],
  ['files', 'guestFiles.of', 'vm'],
  ['push', 'guestFiles.pushTo', 'name'],
];
const ofSnapshot: readonly (readonly [SnapshotActionId, Word])[] = [
  ['revert', 'shell.palette.revertAll'],
  ['fork', 'shell.palette.fork'],
];

export class NamedThings {
  readonly #stores: Stores;
  readonly #t: Translate;
  readonly #ofEnv: readonly (readonly [EnvActionId, Fill])[];
  readonly #extendExpired: Fill;
  readonly #ofVm: readonly (readonly [VmActionId, Fill])[];
  readonly #ofSnapshot: readonly (readonly [SnapshotActionId, Fill])[];

  constructor(stores: Stores, t: Translate) {
    this.#stores = stores;
    this.#t = t;
    this.#ofEnv = ofEnv.map(([id, key, value]) => [id, sentence(t, key, value)]);
    this.#extendExpired = sentence(t, 'endings.extendLong', 'env');
    this.#ofVm = ofVm.map(([id, key, value]) => [id, sentence(t, key, value)]);
    this.#ofSnapshot = ofSnapshot.map(([id, key]) => [id, sentence(t, key, 'env', 'snapshot')]);
  }

  env({ name, expired }: EnvNamed): Thing {
    const { envs, view } = this.#stores;
    const labelOf = (id: EnvActionId, fill: Fill) => (id === 'extend' && expired ? this.#extendExpired : fill)(name);
    const open = { id: `open:${name}`, label: name };
    return {
      of: name,
      ids: () => [open.id, ...this.#ofEnv.map(([id]) => `${id}:${name}`)],
      labels: () => [name, ...this.#ofEnv.map(([id, fill]) => labelOf(id, fill))],
      commands: () => {
        const env = envs.get(name);
        if (!env) return [];
        const can = envActions(this.#stores, env, this.#t);
        // Elsewhere the keys of its page mean another ENV, or nothing.
        const hasKeys = view.route.page === 'env' && view.route.envName === name;
        return [
          { ...open, group: 'envs', icon: Boxes, whyNot: null, run: () => view.goToEnv(name) },
          ...commandsOf(
            'envs',
            { of: name, hasKeys },
            this.#ofEnv.map(([id, fill]) => [can[id], labelOf(id, fill)]),
          ),
        ];
      },
    };
  }

  machine({ id: vmId, name }: VmNamed): Thing {
    return {
      of: vmId,
      ids: () => this.#ofVm.map(([id]) => `${id}:${vmId}`),
      labels: () => this.#ofVm.map(([, fill]) => fill(name)),
      commands: () => {
        const vm = this.#stores.vms.get(vmId);
        if (!vm) return [];
        const can = vmActions(this.#stores, vm, this.#t);
        return commandsOf(
          'machines',
          { of: vmId },
          this.#ofVm.map(([id, fill]) => [can[id], fill(name)]),
        );
      },
    };
  }

  snapshot({ id: snapshotId, envName, name }: SnapshotNamed): Thing {
    const shownName = snapshotLabel(name);
    return {
      of: snapshotId,
      ids: () => this.#ofSnapshot.map(([id]) => `${id}:${snapshotId}`),
      labels: () => this.#ofSnapshot.map(([, fill]) => fill(envName, shownName)),
      commands: () => {
        const snapshot = this.#stores.snapshots.get(snapshotId);
        if (!snapshot) return [];
        const can = snapshotActions(this.#stores, snapshot, this.#t);
        return commandsOf(
          'snapshots',
          { of: snapshotId },
          this.#ofSnapshot.map(([id, fill]) => [can[id], fill(envName, shownName)]),
        );
      },
    };
  }

  /** The ENV, machine or snapshot whose lines have ids that end so; null: it is not there. */
  ending(of: string): Thing | null {
    const { envs, vms, snapshots } = this.#stores;
    const env = envs.get(of);
    if (env) return this.env(env);
    const vm = vms.get(of);
    if (vm) return envs.get(vm.envName) ? this.machine(vmNamed(vm.envName, vm)) : null;
    const snapshot = snapshots.get(of);
    return snapshot ? this.snapshot(snapshot) : null;
  }

  /** One after the other, so that who wants a few does not ask for the names of all. */
  *envs(): Generator<EnvNamed> {
    for (const { name, expired } of this.#stores.envs.all) yield { name, expired };
  }

  *machines(): Generator<VmNamed> {
    const { envs, vms } = this.#stores;
    for (const { name } of envs.all) for (const vm of vms.namedOfEnv(name)) yield vmNamed(name, vm);
  }

  /** Newest first: the one wanted is most often the last. */
  snapshots(): SnapshotNamed[] {
    return this.#stores.snapshots.items.all
      .toSorted((a, b) => (a.createdAt === b.createdAt ? 0 : a.createdAt < b.createdAt ? 1 : -1))
      .map(({ id, envName, name }) => ({ id, envName, name }));
  }
}

function vmNamed(envName: string, { id, name }: VmNamed): VmNamed {
  return { id, name: `${envName}/${shortVmName(name)}` };
}
