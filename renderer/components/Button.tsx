// The one button: text, icon or both; quiet in bars, primary once per view. An icon alone needs `label` (name and tooltip).
// One that can't be used now says why (`whyNot`): in its tooltip and as its description.
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import type { WhyNot } from './action.ts';
import { type Attributes, ListedButton } from './ListedButton.tsx';
import { Spinner } from './Spinner.tsx';
import { useReason } from './use-reason.tsx';
import { WithTooltip } from './WithTooltip.tsx';

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'isPending' | 'isDisabled'> {
  kind?: 'normal' | 'primary' | 'quiet' | 'danger';
  size?: 'normal' | 'small';
  icon?: LucideIcon;
  /** Accessible name and tooltip; needed when there are no children. */
  label?: string;
  /** Shown in the tooltip, e.g. `S`. */
  shortcut?: string;
  isBusy?: boolean;
  /** Why it can't be used now. It can still have the focus, so that everybody can learn the reason. */
  whyNot?: WhyNot | null;
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
    whyNot = null,
    children,
    className,
    onPress,
    ...rest
  } = props;
  const reason = useReason(isBusy ? null : whyNot);
  const iconOnly = children === undefined || children === null;
  const named = {
    ...(label !== undefined && rest['aria-label'] === undefined ? { 'aria-label': label } : {}),
    ...reason.props,
    ...(onPress && reason.text === null ? { onPress } : {}),
    isPending: isBusy,
    className: `button ${className ?? ''}`,
    'data-kind': kind,
    'data-size': size,
    'data-icon-only': iconOnly || undefined,
  };
  const face = (
    <>
      {isBusy ? <Spinner /> : Icon && <Icon aria-hidden className="icon" />}
      {children}
      {reason.description}
    </>
  );
  const attributes = attributesOf(rest);
  const button = attributes ? (
    <ListedButton {...attributes} {...named}>
      {face}
    </ListedButton>
  ) : (
    <AriaButton {...rest} {...named}>
      {face}
    </AriaButton>
  );
  // Always inside: a button that is drawn anew when its reason comes or goes would lose the focus.
  return (
    <WithTooltip
      isSilent={!iconOnly && shortcut === undefined && reason.text === null}
      text={label ?? ''}
      {...(shortcut === undefined ? {} : { shortcut })}
      {...(reason.text === null ? {} : { reason: reason.text })}
    >
      {button}
    </WithTooltip>
  );
}

/** null: it is asked for more than attributes, such as to submit a form, which only react-aria’s own button does. */
function attributesOf(props: object): Attributes | null {
  const entries = Object.entries(props);
  return entries.every(([name]) => /^(aria|data)-/.test(name)) ? Object.fromEntries(entries) : null;
}
