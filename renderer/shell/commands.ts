// Everything the command palette can find: places, machines, snapshots and verbs. The verbs are the actions of the nouns, so
// that the palette offers what menus and buttons do, and refuses it for the same reason.

import type { Action, WhyNot } from '../components/action.ts';
import { addConnectionAction, showConnectionActions } from '../connections/actions.ts';
import { importCapsuleAction } from '../copies/actions.ts';
import { envActions, newEnvAction } from '../env/actions.ts';
import { showBinAction } from '../env/bin-actions.ts';
import { firewallAction } from '../hosts/actions.ts';
import type { Translate } from '../i18n/index.ts';
import { imageActions, isBuildable, newImageActions, warmAction } from '../images/actions.ts';
import { newLabAction } from '../labs/actions.ts';
import { newProfileAction } from '../labs/profile-actions.ts';
import { vmActions } from '../machines/actions.ts';
import { shortVmName } from '../state/vm-name.ts';
import { snapshotActions, undoAction } from '../snapshots/actions.ts';
import { templateActions } from '../templates/actions.ts';
import type { Route } from '../state/route.ts';
import type { Stores } from '../state/stores.ts';

export type CommandGroup = 'commands' | 'envs' | 'machines' | 'snapshots' | 'images' | 'go';

export interface Command {
  id: string;
  group: CommandGroup;
  label: string;
  /** Why it can't be done now. */
  whyNot: WhyNot | null;
  run: () => void;
}

export function allCommands(stores: Stores, t: Translate): Command[] {
  return [
    ...verbs(stores, t),
    ...ofEnvs(stores, t),
    ...ofMachines(stores, t),
    ...ofSnapshots(stores, t),
    ...ofImages(stores, t),
    ...ofTemplates(stores, t),
    ...places(stores, t),
  ];
}

function verbs(stores: Stores, t: Translate): Command[] {
  const { view, settings } = stores;
  const make = newImageActions(stores, t);
  const undo = undoAction(stores, t);
  const firewall = firewallAction(stores, t);
  const add = addConnectionAction(stores, t);
  const bin = showBinAction(stores, t);
  const plain = (id: string, label: string, run: () => void): Command => ({
    id,
    group: 'commands',
    label,
    whyNot: null,
    run,
  });
  return [
    ...commandsOf('commands', null, [
      ...(undo ? [[undo, undo.label] as const] : []),
      [newEnvAction(stores, t), t('shell.newEnv')],
      [make.install, t('cloudInit.install')],
      [make.import, t('images.importTitle')],
      [importCapsuleAction(stores, t), t('copies.capsule.import')],
      [newLabAction(stores, t), t('labs.newLab')],
      [newProfileAction(stores, t), t('labs.newProfile')],
      ...(bin ? [[bin, bin.label] as const] : []),
      ...(add ? [[add, add.label] as const] : []),
      ...showConnectionActions(stores, t).map((show) => [show, show.label] as const),
      ...(firewall ? [[firewall, t('shell.palette.firewall')] as const] : []),
    ]),
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
    const { name, expired } = env;
    const can = envActions(stores, env, t);
    const open: Command = {
      id: `open:${name}`,
      group: 'envs',
      label: name,
      whyNot: null,
      run: () => view.goToEnv(name),
    };
    return [
      open,
      ...commandsOf('envs', name, [
        [can.snapshot, t('shell.palette.snapshotEnv', { env: name })],
        [can.wall, t('wall.open', { env: name })],
        [can.run, t('shell.palette.runIn', { env: name })],
        [can.push, t('guestFiles.pushTo', { name })],
        [can.start, t('shell.palette.startEnv', { env: name })],
        [can.stop, t('shell.palette.stopEnv', { env: name })],
        [can.extend, t(expired ? 'endings.extendLong' : 'envs.addHourLong', { env: name })],
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

/** A palette says of what (`of`, null for what belongs to nothing): its labels are longer. */
function commandsOf(
  group: CommandGroup,
  of: string | null,
  actions: readonly (readonly [Action, string])[],
): Command[] {
  return actions.map(([{ id, whyNot, run }, label]) => ({
    id: of === null ? id : `${id}:${of}`,
    group,
    label,
    whyNot,
    run,
  }));
}

function ofMachines(stores: Stores, t: Translate): Command[] {
  return stores.envs.all
    .flatMap(({ name }) => stores.vms.ofEnv(name))
    .flatMap((vm) => {
      const named = { vm: `${vm.envName}/${shortVmName(vm.name)}` };
      const can = vmActions(stores, vm, t);
      return commandsOf('machines', vm.id, [
        [can.console, t('shell.palette.openConsole', named)],
        [can.panes, t('panes.openOf', named)],
        [can.shell, t('shell.palette.openShell', named)],
        [can.snapshot, t('shell.palette.snapshotVm', named)],
        [can.revert, t('machines.revertOf', named)],
        [can.files, t('guestFiles.of', named)],
        [can.push, t('guestFiles.pushTo', { name: named.vm })],
      ]);
    });
}

/** Newest first: the one wanted is most often the last. */
function ofSnapshots(stores: Stores, t: Translate): Command[] {
  return stores.snapshots.items.all
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
    .flatMap((snapshot) => {
      const named = { env: snapshot.envName, snapshot: snapshot.name };
      const can = snapshotActions(stores, snapshot, t);
      return commandsOf('snapshots', snapshot.id, [
        [can.revert, t('shell.palette.revertAll', named)],
        [can.fork, t('shell.palette.fork', named)],
      ]);
    });
}

/** Only what means something for the image as it is. */
function ofImages(stores: Stores, t: Translate): Command[] {
  return stores.images.offered.flatMap((image) => {
    const can = imageActions(stores, image, t);
    const warm = warmAction(image, can);
    const named = { image: image.name };
    return commandsOf('images', image.name, [
      ...(isBuildable(image) ? [[can.build, t('images.buildOf', named)] as const] : []),
      ...(warm ? [[warm, t(warm.id === 'letGo' ? 'images.letGoOf' : 'images.keepWarmOf', named)] as const] : []),
      [can.details, t('images.detailsOf', named)],
    ]);
  });
}

function ofTemplates(stores: Stores, t: Translate): Command[] {
  return stores.templates.all.flatMap((template) => {
    const { use } = templateActions(stores, template, t);
    return commandsOf('commands', template.name, [[use, t('shell.palette.useTemplate', { template: template.name })]]);
  });
}

function places({ view, me }: Stores, t: Translate): Command[] {
  const pages = ['envs', 'consoles', 'images', 'labs', 'hosts', 'activity', 'administration', 'settings'] as const;
  const shown = pages.filter((page) => page !== 'administration' || me.isAdmin);
  const go = (page: (typeof pages)[number] | 'panes' | 'player', label: string): Command => ({
    id: `go:${page}`,
    group: 'go',
    label,
    whyNot: null,
    run: () => view.go({ page } satisfies Route),
  });
  return [
    ...shown.map((page) => go(page, t(`shell.${page}`))),
    go('panes', t('panes.title')),
    go('player', t('recordings.player')),
  ];
}

/** Commands that hold every typed word, best first: what can be done now, and of that what begins with what was typed. */
export function findCommands(commands: readonly Command[], query: string): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const begin = query.trim().toLowerCase();
  const rank = ({ whyNot, label }: Command) =>
    (whyNot === null ? 0 : 2) + (label.toLowerCase().startsWith(begin) ? 0 : 1);
  return commands
    .filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)))
    .toSorted((a, b) => rank(a) - rank(b));
}
