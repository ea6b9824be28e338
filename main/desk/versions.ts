// Whether a server that is connected runs a newer TT than this one: all that can be known of updates without asking anybody outside.

/** The newest version of those that is newer than `own`; null: none is. Versions are numbers with points; what follows them is left out. */
export function newerThan<Of extends { version: string }>(own: string, versions: readonly Of[]): Of | null {
  const newest = versions.toSorted((a, b) => compareVersions(b.version, a.version))[0];
  return newest && compareVersions(newest.version, own) > 0 ? newest : null;
}

function compareVersions(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)];
  const at = [0, 1, 2].find((index) => one[index] !== other[index]);
  return at === undefined ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

function partsOf(version: string): number[] {
  return (/^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version)?.slice(1) ?? []).map((part) => Number(part ?? 0));
}
