// One thing a person can do to a noun. Each noun has its list in an `actions.ts` of its folder; menus, buttons, keys, the
// command palette and pages show and run what is there, so that none offers what another refuses.
import type { LucideIcon } from 'lucide-react';
import { translate } from '../i18n/index.ts';

/** Reasons why something can't be done now, the first that holds is shown. What is true of the thing comes before the link. */
export const reasons = [
  'viewer',
  'notOwner',
  'expired',
  'beingSaved',
  'noMachines',
  'noSnapshots',
  'noOther',
  'noProfiles',
  'hasSession',
  'unsettled',
  'alreadyRuns',
  'notPaused',
  'notRunning',
  'guestHelperOff',
  'noneFailed',
  'noneChosen',
  'noneAbove',
  'notKept',
  'scriptNotKept',
  'notYours',
  'othersTemplate',
  'nothingPrinted',
  'nothingSelected',
  'notReady',
  'noGuestAgent',
  'setUpAtBoot',
  'mustStop',
  'inUse',
  'fixed',
  'full',
  'onlyOne',
  'mistake',
  'overCapacity',
  'noMedia',
  'noScreen',
  'viewOnly',
  'keyboardTaken',
  'terminalsOff',
  'underway',
  'saving',
  'busy',
  'incomplete',
  'unchanged',
  'linkDown',
] as const;
export type WhyNot = (typeof reasons)[number];

export interface Action {
  id: string;
  label: string;
  icon: LucideIcon;
  /** The key that does the same where the thing has the focus. */
  shortcut?: string;
  danger?: boolean;
  /** null: it can be done. Its words are `common.whyNot` in the catalogues. */
  whyNot: WhyNot | null;
  run: () => void;
}

export function isAllowed({ whyNot }: Pick<Action, 'whyNot'>): boolean {
  return whyNot === null;
}

/** The first reason that holds, by the order of {@link reasons}. */
export function firstReason(holds: Partial<Record<WhyNot, boolean>>): WhyNot | null {
  return reasons.find((reason) => holds[reason]) ?? null;
}

/**
 * For keys, drops and double-clicks, which have no button to show the reason: does it when it is allowed, otherwise calls
 * `explain` with a sentence that says why not. Returns whether it was done.
 */
export function runIfAllowed(
  action: Pick<Action, 'label' | 'whyNot' | 'run'> | undefined,
  explain: (text: string) => void,
): boolean {
  if (!action) return false;
  if (action.whyNot === null) {
    action.run();
    return true;
  }
  const reason = translate(`common.whyNot.${action.whyNot}`);
  explain(translate('common.whyNotDone', { action: action.label.replace(/…$/, ''), reason }));
  return false;
}

/** The action whose shortcut is this key (`KeyboardEvent.key`). */
export function actionOfKey(actions: Readonly<Record<string, Action>>, key: string): Action | undefined {
  return Object.values(actions).find(({ shortcut }) => shortcut?.toLowerCase() === key.toLowerCase());
}
