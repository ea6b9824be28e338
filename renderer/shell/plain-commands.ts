// What the command palette can find that is not said of a thing of which there may be thousands: verbs of the window, and places.
import {
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
import { isAllowed } from '../components/action.ts';
import { addConnectionAction, showConnectionActions } from '../connections/actions.ts';
import { importCapsuleAction } from '../images/imports/import-capsule-action.ts';
import { newEnvAction } from '../env/actions.ts';
import { showBinAction } from '../env/bin-actions.ts';
import { firewallAction } from '../hosts/actions.ts';
import type { Translate } from '../i18n/index.ts';
import { newImageActions } from '../images/actions.ts';
import { newLabAction } from '../labs/actions.ts';
import { newProfileAction } from '../labs/profile-actions.ts';
import { undoAction } from '../snapshots/actions.ts';
import type { Route } from '../state/route.ts';
import type { Stores } from '../state/stores.ts';
import { type Command, commandsOf } from './command.ts';
import { desktopActions } from './desktop-actions.ts';
import { helpPlace, type RailPage, railPlaces } from './places.ts';

export function windowCommands(stores: Stores, t: Translate): Command[] {
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

export function placeCommands({ view, me }: Stores, t: Translate): Command[] {
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
