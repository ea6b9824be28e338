// The names of all engines, as configuration and records have them. `load.ts` makes the engines themselves.

const REAL_ENGINES = ['qemu'] as const;
export const ENGINE_NAMES = [...REAL_ENGINES, 'fake'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** What runs where the configuration names none: every real engine; one this host can't run says why. */
export const DEFAULT_ENGINES: readonly EngineName[] = REAL_ENGINES;

/** True when nothing real would run: then disks, networks and control groups are stand-ins as well. */
export function onlyFakes(names: readonly EngineName[]): boolean {
  return names.every((name) => name === 'fake');
}
