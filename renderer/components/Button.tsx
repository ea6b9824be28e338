// The one button: text, icon or both; quiet in bars, primary once per view. An icon alone needs `label` (name and tooltip).
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Spinner } from './Spinner.tsx';
import { WithTooltip } from './WithTooltip.tsx';

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'isPending'> {
  kind?: 'normal' | 'primary' | 'quiet' | 'danger';
  size?: 'normal' | 'small';
  icon?: LucideIcon;
  /** Accessible name and tooltip; needed when there are no children. */
  label?: string;
  /** Shown in the tooltip, e.g. `S`. */
  shortcut?: string;
  isBusy?: boolean;
  children?: ReactNode;
  className?: string;
}

export function Button(props: ButtonProps) {
  const {
    kind = 'normal',
    size = 'normal',
    icon: Icon,
    label,
    shortcut,
    isBusy = false,
    children,
    className,
    ...rest
  } = props;
  const iconOnly = children === undefined || children === null;
  const button = (
    <AriaButton
      {...rest}
      {...(label !== undefined && rest['aria-label'] === undefined ? { 'aria-label': label } : {})}
      isPending={isBusy}
      className={`button ${className ?? ''}`}
      data-kind={kind}
      data-size={size}
      data-icon-only={iconOnly || undefined}
    >
      {isBusy ? <Spinner /> : Icon && <Icon aria-hidden className="icon" />}
      {children}
    </AriaButton>
  );
  if (!iconOnly && shortcut === undefined) return button;
  return (
    <WithTooltip text={label ?? ''} {...(shortcut === undefined ? {} : { shortcut })}>
      {button}
    </WithTooltip>
  );
}
