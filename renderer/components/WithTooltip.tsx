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
  children: ReactElement;
}

export function WithTooltip({ text, shortcut, reason, children }: WithTooltipProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <Tooltip className="tooltip" offset={6}>
        {text}
        {shortcut !== undefined && <Kbd keys={shortcut} />}
        {reason !== undefined && <span className="tooltip-reason">{reason}</span>}
      </Tooltip>
    </TooltipTrigger>
  );
}
