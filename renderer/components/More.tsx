// What is rarely needed, folded away behind a word.
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel } from 'react-aria-components';

export interface MoreProps {
  title: string;
  /** Accessible name where the title alone does not say of what. */
  label?: string;
  /** Open from the start: something in it is not as usual. */
  isOpen?: boolean;
  children: ReactNode;
}

export function More({ title, label, isOpen = false, children }: MoreProps) {
  return (
    <Disclosure className="more" defaultExpanded={isOpen}>
      <AriaButton slot="trigger" className="more-trigger" {...(label === undefined ? {} : { 'aria-label': label })}>
        <ChevronRight aria-hidden className="icon" />
        {title}
      </AriaButton>
      <DisclosurePanel className="more-panel">{children}</DisclosurePanel>
    </Disclosure>
  );
}
