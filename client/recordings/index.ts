// Files of recorded screens (docs/recording-format.md): written by the window, checked by the agent that gets one with a capsule, and played.
export * from './checked-recording.ts';
export * from './clock-text.ts';
export * from './recording-format.ts';
export * from './recording-reader.ts';
export * from './without-keys.ts';
