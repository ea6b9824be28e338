// A button for an action of a noun: its label, icon, key and reason come from there.
import type { Action } from './action.ts';
import { Button, type ButtonProps } from './Button.tsx';

export interface ActionButtonProps extends Omit<ButtonProps, 'icon' | 'label' | 'whyNot' | 'onPress' | 'children'> {
  action: Action;
  /** Leaves out the text: the label is then its name and tooltip. */
  iconOnly?: boolean;
}

export function ActionButton({ action, iconOnly = false, ...rest }: ActionButtonProps) {
  const { label, icon, shortcut, whyNot, run } = action;
  return (
    <Button
      icon={icon}
      whyNot={whyNot}
      onPress={run}
      {...(iconOnly || shortcut !== undefined ? { label } : {})}
      {...(shortcut === undefined ? {} : { shortcut })}
      {...rest}
    >
      {iconOnly ? undefined : label}
    </Button>
  );
}
