// The version of this `tt`.
export const TT_VERSION = '0.1.0';
