// A button that opens a menu of verbs. Entries are data, so every menu looks and behaves the same. The one with three dots is also the
// context menu of the row, tile or card it is in (context-menus.ts).
import { Ellipsis, type LucideIcon } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { type ComponentProps, useEffect, useId, useState } from 'react';
import { Menu as AriaMenu, ListLayout, MenuItem, MenuTrigger, Popover, Separator, Text } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import type { Action, WhyNot } from './action.ts';
import { Button, type ButtonProps } from './Button.tsx';
import { MENU_MARK, onContextMenu, type Point } from './context-menus.ts';
import { browserFrames } from './frames.ts';
import { Kbd } from './Kbd.tsx';
import { LongCollection } from './lists/LongCollection.tsx';
import { useIsLong } from './lists/long-list.ts';

/** As `.menu-item` in overlays.css. */
const ROWS = { rowSize: 28, padding: 4 };

export interface MenuVerb {
  id: string;
  label: string;
  icon?: LucideIcon;
  shortcut?: string;
  danger?: boolean;
  /** Why it can't be done now; the arrows still come to it. */
  whyNot?: WhyNot | null;
  run: () => void;
}

export type MenuEntry = MenuVerb | { id: string; separator: true };

export interface MenuButtonProps extends Omit<ButtonProps, 'onPress' | 'children'> {
  /** Accessible name of the button and the menu. */
  label: string;
  /** A function is called while the menu is shown: a list has hundreds of menus that nobody opens. */
  entries: readonly MenuEntry[] | (() => readonly MenuEntry[]);
  /** For a right click on the thing, where that may mean more than it; null: it does not. Called when the menu is shown. */
  contextEntries?: () => readonly MenuEntry[] | null;
}

export function MenuButton({
  label,
  entries,
  contextEntries = () => null,
  icon = Ellipsis,
  kind = 'quiet',
  whyNot = null,
  ...rest
}: MenuButtonProps) {
  const [isOpen, setOpen] = useState(false);
  /** Where it was opened by a right click; null: below its button. */
  const [at, setAt] = useState<Point | null>(null);
  const id = useId();
  const isOfThing = icon === Ellipsis;
  useEffect(() => {
    if (!isOfThing) return;
    let cancel = () => {};
    const stop = onContextMenu(id, (point) => {
      cancel();
      // With the press a list may have drawn its items anew, for the focus: the menu has a frame of its own.
      cancel = browserFrames(() => {
        setAt(point);
        setOpen(true);
      });
    });
    return () => {
      stop();
      cancel();
    };
  }, [id, isOfThing]);
  const onOpenChange = (open: boolean) => {
    if (open) setAt(null);
    setOpen(open);
  };
  return (
    <MenuTrigger isOpen={isOpen && whyNot === null} onOpenChange={onOpenChange}>
      <Button {...rest} {...(isOfThing && { [MENU_MARK]: id })} kind={kind} icon={icon} label={label} whyNot={whyNot} />
      <Popover
        className="popover menu-popover"
        // To the side of the pointer: a long menu then moves up as far as it needs, and is not cut off.
        placement={at ? 'right top' : 'bottom end'}
        {...(at && { getTargetRect: () => new DOMRect(at.x, at.y, 0, 0), offset: 0 })}
      >
        <EntriesNow label={label} entries={() => (isOpen && at && contextEntries()) || listOf(entries)} />
      </Popover>
    </MenuTrigger>
  );
}

/** In a component of its own: only an open menu follows what its verbs depend on. */
const EntriesNow = observer(function EntriesNow({
  label,
  entries,
}: {
  label: string;
  entries: () => readonly MenuEntry[];
}) {
  return <MenuEntries label={label} entries={entries()} />;
});

function listOf(entries: MenuButtonProps['entries']): readonly MenuEntry[] {
  return typeof entries === 'function' ? entries() : entries;
}

export function MenuEntries({ label, entries }: { label: string; entries: readonly MenuEntry[] }) {
  const run = (key: string | number) => {
    const entry = entries.find(({ id }) => id === key);
    if (entry && 'run' in entry && (entry.whyNot ?? null) === null) entry.run();
  };
  const isLong = useIsLong(entries.length);
  return (
    <LongCollection isLong={isLong} layout={ListLayout} layoutOptions={ROWS}>
      <AriaMenu className="menu" data-long={isLong || undefined} aria-label={label} onAction={run}>
        {entries.map((entry) =>
          'separator' in entry ? (
            <Separator key={entry.id} className="menu-separator" />
          ) : (
            <MenuRow key={entry.id} {...entry} hasIcons />
          ),
        )}
      </AriaMenu>
    </LongCollection>
  );
}

/** One verb of a menu or of the palette. One that can't be done now is dimmed, says why, and does nothing. */
export function MenuRow({ id, label, icon: Icon, shortcut, danger, whyNot = null, hasIcons }: MenuRowProps) {
  const t = useWords();
  return (
    <MenuItem
      id={id}
      textValue={label}
      className="menu-item"
      data-danger={danger || undefined}
      data-unavailable={whyNot !== null || undefined}
      shouldCloseOnSelect={whyNot === null}
      // `isDisabled` would take it out of the arrows' way, and with it the reason.
      render={(props) => (
        <div {...(props as ComponentProps<'div'>)} aria-disabled={whyNot === null ? undefined : true} />
      )}
    >
      {Icon ? <Icon aria-hidden className="icon" /> : hasIcons && <span className="icon" />}
      <Text slot="label" className="menu-label">
        {label}
      </Text>
      {whyNot !== null && (
        <Text slot="description" className="menu-reason">
          {t(`common.whyNot.${whyNot}`)}
        </Text>
      )}
      {whyNot === null && shortcut !== undefined && <Kbd keys={shortcut} isForEyes />}
    </MenuItem>
  );
}

type MenuRowProps = Omit<MenuVerb, 'run'> & {
  /** Keeps the place of an icon, so that labels are in line. */
  hasIcons?: boolean;
};

/** Groups of actions as a menu, with lines between them. */
export function toMenu(groups: readonly (readonly Action[])[]): MenuEntry[] {
  return groups
    .filter((actions) => actions.length > 0)
    .flatMap((actions, index) => [
      ...(index === 0 ? [] : [{ id: `line-${index}`, separator: true as const }]),
      ...actions,
    ]);
}
