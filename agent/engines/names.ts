// The names of all engines, as used in the configuration and in records. `load.ts` creates the engines themselves.

const REAL_ENGINES = ['qemu'] as const;
export const ENGINE_NAMES = [...REAL_ENGINES, 'fake'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** The engines if the configuration names none: every real one; one that this host cannot run reports why. */
export const DEFAULT_ENGINES: readonly EngineName[] = REAL_ENGINES;

/** True if nothing real would run: then disks, networks and cgroups are fakes as well. */
export function onlyFakes(names: readonly EngineName[]): boolean {
  return names.every((name) => name === 'fake');
}
