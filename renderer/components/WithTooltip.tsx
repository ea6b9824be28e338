// Names what has only an icon, with its key, after a moment under the pointer and at once under the focus.
import type { ReactElement } from 'react';
import { Tooltip, TooltipTrigger } from 'react-aria-components';
import { Kbd } from './Kbd.tsx';

export function WithTooltip({ text, shortcut, children }: { text: string; shortcut?: string; children: ReactElement }) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <Tooltip className="tooltip" offset={6}>
        {text}
        {shortcut !== undefined && <Kbd keys={shortcut} />}
      </Tooltip>
    </TooltipTrigger>
  );
}
