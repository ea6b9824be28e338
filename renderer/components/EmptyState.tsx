// A place with nothing in it says so, and what to do.
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export interface EmptyStateProps {
  icon?: LucideIcon;
  title: string;
  children?: ReactNode;
  small?: boolean;
  /** The heading of the whole page. */
  isPage?: boolean;
}

export function EmptyState({ icon: Icon, title, children, small = false, isPage = false }: EmptyStateProps) {
  return (
    <div className="empty-state" data-small={small || undefined}>
      {Icon && <Icon aria-hidden className="empty-icon" />}
      {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}
