// One line of the command palette. The verbs are the actions of the nouns, so that the palette offers what menus and buttons do,
// and refuses it for the same reason.
import type { LucideIcon } from 'lucide-react';
import type { Action, WhyNot } from '../components/action.ts';

/** In the order in which they are shown. `recent`: those that were run last, of whatever group they are. */
export const commandGroups = ['recent', 'commands', 'envs', 'machines', 'snapshots', 'images', 'go'] as const;
export type CommandGroup = (typeof commandGroups)[number];

export interface Command {
  id: string;
  group: CommandGroup;
  label: string;
  icon: LucideIcon;
  /** The key that would do the same now. */
  shortcut?: string;
  /** Why it can't be done now. */
  whyNot: WhyNot | null;
  run: () => void;
}

/**
 * A palette says of what (`of`, null for what belongs to nothing): its labels are longer. `hasKeys`: the keys of the actions do the
 * same now, without a thing that has the focus.
 */
export function commandsOf(
  group: CommandGroup,
  { of, hasKeys = false }: { of: string | null; hasKeys?: boolean },
  actions: readonly (readonly [Action, string])[],
): Command[] {
  return actions.map(([{ id, icon, shortcut, whyNot, run }, label]) => ({
    id: of === null ? id : `${id}:${of}`,
    group,
    label,
    icon,
    ...(hasKeys && shortcut !== undefined && { shortcut }),
    whyNot,
    run,
  }));
}
