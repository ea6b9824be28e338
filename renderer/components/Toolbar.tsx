// A row of buttons that is one stop for Tab; arrows move inside it.
import type { ReactNode } from 'react';
import { Toolbar as AriaToolbar } from 'react-aria-components';

export function Toolbar({ label, children, className }: { label: string; children: ReactNode; className?: string }) {
  return (
    <AriaToolbar aria-label={label} className={`toolbar ${className ?? ''}`}>
      {children}
    </AriaToolbar>
  );
}
