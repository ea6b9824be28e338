// How a machine is called in the window. Here, and not with the machines, since snapshots and images name them too.

/** `tiny-1` of `demo/tiny-1`: inside its ENV a machine is called by the short name. */
export function shortVmName(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
