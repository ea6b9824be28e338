// An error that says what to do about it: the image service shows the `fix` with the failed build.

export function withFix(error: Error, fix: string): Error & { fix: string } {
  return Object.assign(error, { fix });
}
