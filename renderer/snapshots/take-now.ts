// A snapshot in one step, from a drop, a key, a button or a menu: all mean the same. The shelf then has a field for its name.
import type { Stores } from '../state/stores.ts';

/** `vmId`: null for the whole ENV. Later than what asks for it, which gives the focus back first: the field then takes it. */
export function takeNow(
  { takes, settings }: Pick<Stores, 'takes' | 'settings'>,
  envName: string,
  vmId: string | null,
): void {
  takes.takeSoon({ envName, vmId, isNamed: settings.shelf !== 'closed' });
}
