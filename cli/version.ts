// The version of this `tt`.
export const TT_VERSION = '0.1.0';

/** Put in by the build of packages (tools/pack/): which commit it was made of. */
declare const TT_BUILD_COMMIT: string | undefined;

/** For people: `0.1.0`, in a package `0.1.0 (3f2a9c1b8d07)`. */
export const VERSION_TEXT = typeof TT_BUILD_COMMIT === 'string' ? `${TT_VERSION} (${TT_BUILD_COMMIT})` : TT_VERSION;
