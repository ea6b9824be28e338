// One thing a person can do to a noun. Each noun has its list in an `actions.ts` of its folder; menus, buttons, the command
// palette and pages show and run what stands there, so that none offers what another refuses.
import type { LucideIcon } from 'lucide-react';
import type { MenuEntry } from './Menu.tsx';

/** Why something can't be done now. What is true of the thing itself comes before a link that is down. */
export type WhyNot = 'expired' | 'noMachines' | 'wrongState' | 'linkDown';

export interface Action {
  id: string;
  label: string;
  icon: LucideIcon;
  /** The key that does the same where the thing has the focus. */
  shortcut?: string;
  danger?: boolean;
  /** null: it can be done. */
  whyNot: WhyNot | null;
  run: () => void;
}

export function isAllowed({ whyNot }: Action): boolean {
  return whyNot === null;
}

/** The first reason that holds, by the order of {@link WhyNot}. */
export function firstReason(reasons: Partial<Record<WhyNot, boolean>>): WhyNot | null {
  const order: readonly WhyNot[] = ['expired', 'noMachines', 'wrongState', 'linkDown'];
  return order.find((reason) => reasons[reason]) ?? null;
}

/** Groups of actions as a menu, with lines between them. */
export function toMenu(groups: readonly (readonly Action[])[]): MenuEntry[] {
  return groups.flatMap((actions, index) => [
    ...(index === 0 ? [] : [{ id: `line-${index}`, separator: true as const }]),
    ...actions.map(({ whyNot, ...entry }) => ({ ...entry, disabled: whyNot !== null })),
  ]);
}
