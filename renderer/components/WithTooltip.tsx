// Names what has only an icon, with its key, and says why something can't be used: after a moment under the pointer and at
// once under the focus.
import type { ReactElement } from 'react';
import { Tooltip, TooltipTrigger } from 'react-aria-components';
import { Kbd } from './Kbd.tsx';

export interface WithTooltipProps {
  text: string;
  shortcut?: string;
  /** Why it can't be used now. */
  reason?: string;
  /** There is nothing to say now. */
  isSilent?: boolean;
  children: ReactElement;
}

export function WithTooltip({ text, shortcut, reason, isSilent = false, children }: WithTooltipProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0} isDisabled={isSilent}>
      {children}
      <Tooltip className="tooltip" offset={6}>
        {text}
        {shortcut !== undefined && <Kbd keys={shortcut} />}
        {reason !== undefined && <span className="tooltip-reason">{reason}</span>}
      </Tooltip>
    </TooltipTrigger>
  );
}
