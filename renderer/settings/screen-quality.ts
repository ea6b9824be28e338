// How good the pictures of screens are, against how much they cost. What each means to noVNC: consoles/screen-view.ts.

export const screenQualities = ['sharp', 'balanced', 'lean'] as const;
export type ScreenQuality = (typeof screenQualities)[number];
