// The family of a system, from the part of an image’s name that says which. Pure.

/** `tiny` of `tiny-1`, `ubuntu` of `ubuntu-20.04`: what images are grouped by and marked with. */
export function osFamily(os: string): string {
  return os.replace(/[-_ ]?\d.*$/, '') || os;
}
