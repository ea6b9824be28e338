// Everything the command palette can find: places, machines, snapshots and verbs, made from the stores. The drag grammar's
// verbs are here too, so that what can be dragged can be typed.

import type { Action } from '../components/action.ts';
import { envActions } from '../env/actions.ts';
import type { Translate } from '../i18n/index.ts';
import { vmActions } from '../machines/actions.ts';
import { shortVmName } from '../machines/vm-store.ts';
import type { Route } from '../state/route.ts';
import type { Stores } from '../state/stores.ts';

export type CommandGroup = 'commands' | 'envs' | 'machines' | 'snapshots' | 'go';

export interface Command {
  id: string;
  group: CommandGroup;
  label: string;
  /** Needs the link to the agent. */
  needsLink: boolean;
  run: () => void;
}

export function allCommands(stores: Stores, t: Translate): Command[] {
  return [
    ...verbs(stores, t),
    ...ofEnvs(stores, t),
    ...ofMachines(stores, t),
    ...ofSnapshots(stores, t),
    ...places(stores, t),
  ];
}

function verbs({ view, settings, snapshots, me }: Stores, t: Translate): Command[] {
  const undoable = snapshots.undoable;
  const plain = (id: string, label: string, run: () => void, needsLink = false): Command => ({
    id,
    group: 'commands',
    label,
    needsLink,
    run,
  });
  return [
    ...(undoable
      ? [
          plain(
            'undo',
            t('shell.palette.undo', { snapshot: undoable.snapshotName }),
            () => void snapshots.undoRevert(),
            true,
          ),
        ]
      : []),
    plain('newEnv', t('shell.newEnv'), () => view.open({ kind: 'newEnv', draft: null }), true),
    plain('install', t('cloudInit.install'), () => view.open({ kind: 'install', medium: null }), true),
    plain('importImage', t('images.importTitle'), () => view.open({ kind: 'importImage' }), true),
    plain('importCapsule', t('copies.capsule.import'), () => view.open({ kind: 'importCapsule' }), true),
    ...(me.isAdmin
      ? [plain('firewall', t('shell.palette.firewall'), () => view.open({ kind: 'firewall' }), true)]
      : []),
    plain('shelf', settings.shelfOpen ? t('shell.hideShelf') : t('shell.showShelf'), () => settings.toggleShelf()),
    plain('light', t('shell.palette.themeLight'), () => settings.chooseTheme('light')),
    plain('dark', t('shell.palette.themeDark'), () => settings.chooseTheme('dark')),
    plain('system', t('shell.palette.themeSystem'), () => settings.chooseTheme('system')),
    plain('english', 'English', () => settings.chooseLanguage('en')),
    plain('chinese', '简体中文', () => settings.chooseLanguage('zh-CN')),
    plain('keys', t('shell.palette.keys'), () => view.open({ kind: 'keys' })),
  ];
}

function ofEnvs(stores: Stores, t: Translate): Command[] {
  const { envs, view } = stores;
  return envs.all.flatMap((env) => {
    const { name } = env;
    const can = envActions(stores, env, t);
    const open: Command = {
      id: `open:${name}`,
      group: 'envs',
      label: name,
      needsLink: false,
      run: () => view.goToEnv(name),
    };
    return [
      open,
      ...commandsOf('envs', name, [
        [can.snapshot, t('shell.palette.snapshotEnv', { env: name })],
        [can.start, t('shell.palette.startEnv', { env: name })],
        [can.stop, t('shell.palette.stopEnv', { env: name })],
        [can.lifetime, t('shell.palette.lifetime', { env: name })],
        [can.edit, t('shell.palette.editEnv', { env: name })],
        [can.add, t('shell.palette.addMachines', { env: name })],
        [can.change, t('shell.palette.changeMachines', { env: name })],
        [can.remove, t('shell.palette.removeMachines', { env: name })],
        [can.clone, t('copies.cloneTitle', { env: name })],
        [can.export, t('copies.capsule.exportTitle', { env: name })],
        [can.sshKey, t('cloudInit.keyTitle', { env: name })],
        [can.delete, t('shell.palette.deleteEnv', { env: name })],
      ]),
    ];
  });
}

/** A palette says of what: its labels are longer. What only waits for the link is listed, greyed; the rest is left out. */
function commandsOf(group: CommandGroup, of: string, actions: readonly (readonly [Action, string])[]): Command[] {
  return actions
    .filter(([{ whyNot }]) => whyNot === null || whyNot === 'linkDown')
    .map(([{ id, run }, label]) => ({ id: `${id}:${of}`, group, label, needsLink: id !== 'console', run }));
}

function ofMachines(stores: Stores, t: Translate): Command[] {
  return stores.envs.all
    .flatMap(({ name }) => stores.vms.ofEnv(name))
    .flatMap((vm) => {
      const named = { vm: `${vm.envName}/${shortVmName(vm.name)}` };
      const can = vmActions(stores, vm, t);
      return commandsOf('machines', vm.id, [
        [can.console, t('shell.palette.openConsole', named)],
        [can.snapshot, t('shell.palette.snapshotVm', named)],
      ]);
    });
}

/** Newest first: the one wanted is most often the last. */
function ofSnapshots({ snapshots, view }: Stores, t: Translate): Command[] {
  return snapshots.items.all
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
    .flatMap(({ id: snapshotId, envName, name: snapshot }): Command[] => [
      {
        id: `putBack:${snapshotId}`,
        group: 'snapshots',
        label: t('shell.palette.putBackAll', { env: envName, snapshot }),
        needsLink: true,
        run: () => view.open({ kind: 'putBack', snapshotId }),
      },
      {
        id: `fork:${snapshotId}`,
        group: 'snapshots',
        label: t('shell.palette.fork', { env: envName, snapshot }),
        needsLink: true,
        run: () => view.open({ kind: 'copyEnv', envName, snapshotId }),
      },
    ]);
}

function places({ view }: Stores, t: Translate): Command[] {
  const pages = ['envs', 'consoles', 'images', 'labs', 'hosts', 'activity', 'settings'] as const;
  return pages.map((page) => ({
    id: `go:${page}`,
    group: 'go',
    label: t(`shell.${page}`),
    needsLink: false,
    run: () => view.go({ page } satisfies Route),
  }));
}

/** Commands that hold every typed word, best first: those that begin with what was typed. */
export function findCommands(commands: readonly Command[], query: string): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = commands.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
  const begins = ({ label }: Command) => label.toLowerCase().startsWith(query.trim().toLowerCase());
  return [...found.filter(begins), ...found.filter((command) => !begins(command))];
}
