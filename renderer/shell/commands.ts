// Everything the command palette can find: places, machines, snapshots and verbs. The verbs are the actions of the nouns, so
// that the palette offers what menus and buttons do, and refuses it for the same reason.

import {
  Boxes,
  Clapperboard,
  Columns2,
  Keyboard,
  Languages,
  type LucideIcon,
  MoonStar,
  PanelRightClose,
  PanelRightOpen,
  Sun,
  SunMoon,
} from 'lucide-react';
import { type Action, isAllowed, type WhyNot } from '../components/action.ts';
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
import { desktopActions } from './desktop-actions.ts';
import { helpPlace, type RailPage, railPlaces } from './places.ts';

/** `recent`: those that were run last, of whatever group they are. */
export type CommandGroup = 'recent' | 'commands' | 'envs' | 'machines' | 'snapshots' | 'images' | 'go';

export interface Command {
  id: string;
  group: CommandGroup;
  label: string;
  icon: LucideIcon;
  /** The key that would do the same now. */
  shortcut?: string;
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
  const { view, settings, shelf } = stores;
  const make = newImageActions(stores, t);
  const undo = undoAction(stores, t);
  const firewall = firewallAction(stores, t);
  const add = addConnectionAction(stores, t);
  const bin = showBinAction(stores, t);
  const plain = (id: string, label: string, icon: LucideIcon, run: () => void, shortcut?: string): Command => ({
    id,
    group: 'commands',
    label,
    icon,
    ...(shortcut !== undefined && { shortcut }),
    whyNot: null,
    run,
  });
  return [
    ...commandsOf('commands', { of: null, hasKeys: true }, [
      ...(undo ? [[undo, undo.label] as const] : []),
      [newEnvAction(stores, t), t('shell.newEnv')],
      [make.install, t('cloudInit.install')],
      [make.import, t('images.importOne')],
      [importCapsuleAction(stores, t), t('copies.capsule.import')],
      [newLabAction(stores, t), t('labs.newLab')],
      [newProfileAction(stores, t), t('labs.newProfile')],
      ...(bin ? [[bin, bin.label] as const] : []),
      ...(add ? [[add, add.label] as const] : []),
      ...showConnectionActions(stores, t)
        .filter(isAllowed)
        .map((show) => [show, show.label] as const),
      ...desktopActions(stores, t).map((action) => [action, action.label] as const),
      ...(firewall ? [[firewall, t('shell.palette.firewall')] as const] : []),
    ]),
    shelf.isOpen
      ? plain('shelf', t('shell.hideShelf'), PanelRightClose, () => shelf.toggle(), 'Ctrl-.')
      : plain('shelf', t('shell.showShelf'), PanelRightOpen, () => shelf.toggle(), 'Ctrl-.'),
    plain('light', t('shell.palette.themeLight'), Sun, () => settings.chooseTheme('light')),
    plain('dark', t('shell.palette.themeDark'), MoonStar, () => settings.chooseTheme('dark')),
    plain('system', t('shell.palette.themeSystem'), SunMoon, () => settings.chooseTheme('system')),
    plain('english', 'English', Languages, () => settings.chooseLanguage('en')),
    plain('chinese', '简体中文', Languages, () => settings.chooseLanguage('zh-CN')),
    plain('keys', t('shell.palette.keys'), Keyboard, () => view.open({ kind: 'keys' }), '?'),
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
      icon: Boxes,
      whyNot: null,
      run: () => view.goToEnv(name),
    };
    // Elsewhere the keys of its page mean another ENV, or nothing.
    const hasKeys = view.route.page === 'env' && view.route.envName === name;
    return [
      open,
      ...commandsOf('envs', { of: name, hasKeys }, [
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

/**
 * A palette says of what (`of`, null for what belongs to nothing): its labels are longer. `hasKeys`: the keys of the actions do the
 * same now, without a thing that has the focus.
 */
function commandsOf(
  group: CommandGroup,
  { of, hasKeys = false }: { of: string | null; hasKeys?: boolean },
  actions: readonly (readonly [Action, string])[],
): Command[] {
  return actions.map(([{ id, icon, shortcut, whyNot, run }, label]) => ({
    id: of === null ? id : `${id}:${of}`,
    group,
    label,
    icon,
    ...(hasKeys && shortcut !== undefined && { shortcut }),
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
      return commandsOf('machines', { of: vm.id }, [
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
      return commandsOf('snapshots', { of: snapshot.id }, [
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
    return commandsOf('images', { of: image.name }, [
      ...(isBuildable(image) ? [[can.build, t('images.buildOf', named)] as const] : []),
      ...(warm ? [[warm, t(warm.id === 'letGo' ? 'images.letGoOf' : 'images.keepWarmOf', named)] as const] : []),
      [can.details, t('images.detailsOf', named)],
    ]);
  });
}

function ofTemplates(stores: Stores, t: Translate): Command[] {
  return stores.templates.all.flatMap((template) => {
    const { use } = templateActions(stores, template, t);
    return commandsOf('commands', { of: template.name }, [
      [use, t('shell.palette.useTemplate', { template: template.name })],
    ]);
  });
}

function places({ view, me }: Stores, t: Translate): Command[] {
  const go = (page: RailPage | 'panes' | 'player', label: string, icon: LucideIcon): Command => ({
    id: `go:${page}`,
    group: 'go',
    label,
    icon,
    whyNot: null,
    run: () => view.go({ page } satisfies Route),
  });
  const shown = railPlaces.filter(({ forAdmins = false }) => me.isAdmin || !forAdmins);
  const onRail = shown.map(({ page, icon }) => go(page, t(`shell.${page}`), icon));
  const help: Command = {
    id: 'go:help',
    group: 'go',
    label: t('help.title'),
    icon: helpPlace.icon,
    shortcut: helpPlace.shortcut,
    whyNot: null,
    run: () => view.go({ page: 'help' }),
  };
  return [...onRail, go('panes', t('panes.title'), Columns2), go('player', t('recordings.player'), Clapperboard), help];
}

/** Of those that were run last, the ones that are still there, each in its new group; the last one first. */
export function withRecent(commands: readonly Command[], recentIds: readonly string[]): Command[] {
  const recent = recentIds.flatMap((id): Command[] => {
    const command = commands.find((known) => known.id === id);
    return command ? [{ ...command, group: 'recent' }] : [];
  });
  const ids = new Set(recent.map(({ id }) => id));
  return [...recent, ...commands.filter(({ id }) => !ids.has(id))];
}

/**
 * Commands that hold every typed word, in any order, best first: what can be done now, and of that what begins with what was typed,
 * then what has the words at the beginning of its own, then what was run before (`recentIds`, the last one first).
 */
export function findCommands(
  commands: readonly Command[],
  query: string,
  recentIds: readonly string[] = [],
): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const begin = words.join(' ');
  const ranks = commands
    .map((command) => ({ command, text: command.label.toLowerCase() }))
    .filter(({ text }) => words.every((word) => text.includes(word)))
    .map(({ command, text }) => {
      const ofText = text.split(/[\s/“”"'(:-]+/);
      const atWords = words.every((word) => ofText.some((own) => own.startsWith(word)));
      const place = recentIds.indexOf(command.id);
      return {
        command,
        rank: [
          command.whyNot === null ? 0 : 1,
          text.startsWith(begin) ? 0 : 1,
          atWords ? 0 : 1,
          place === -1 ? recentIds.length : place,
        ],
      };
    });
  return ranks.toSorted((a, b) => compareRanks(a.rank, b.rank)).map(({ command }) => command);
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
