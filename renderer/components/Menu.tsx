// A button that opens a menu of verbs. Entries are data, so every menu looks and behaves the same.
import { Ellipsis, type LucideIcon } from 'lucide-react';
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';
import { Button, type ButtonProps } from './Button.tsx';
import { Kbd } from './Kbd.tsx';

export type MenuEntry =
  | {
      id: string;
      label: string;
      icon?: LucideIcon;
      shortcut?: string;
      danger?: boolean;
      disabled?: boolean;
      run: () => void;
    }
  | { id: string; separator: true };

export interface MenuButtonProps extends Omit<ButtonProps, 'onPress' | 'children'> {
  /** Accessible name of the button and the menu. */
  label: string;
  entries: readonly MenuEntry[];
}

export function MenuButton({ label, entries, icon = Ellipsis, kind = 'quiet', ...rest }: MenuButtonProps) {
  return (
    <MenuTrigger>
      <Button {...rest} kind={kind} icon={icon} label={label} />
      <Popover className="popover menu-popover" placement="bottom end">
        <MenuEntries label={label} entries={entries} />
      </Popover>
    </MenuTrigger>
  );
}

export function MenuEntries({ label, entries }: { label: string; entries: readonly MenuEntry[] }) {
  const run = (key: string | number) => {
    const entry = entries.find(({ id }) => id === key);
    if (entry && 'run' in entry) entry.run();
  };
  return (
    <AriaMenu className="menu" aria-label={label} onAction={run}>
      {entries.map((entry) =>
        'separator' in entry ? (
          <Separator key={entry.id} className="menu-separator" />
        ) : (
          <MenuItem
            key={entry.id}
            id={entry.id}
            textValue={entry.label}
            className="menu-item"
            isDisabled={entry.disabled ?? false}
            data-danger={entry.danger || undefined}
          >
            {entry.icon ? <entry.icon aria-hidden className="icon" /> : <span className="icon" />}
            <span className="menu-label">{entry.label}</span>
            {entry.shortcut !== undefined && <Kbd keys={entry.shortcut} />}
          </MenuItem>
        ),
      )}
    </AriaMenu>
  );
}
