// What the test host demands of every window before it opens it: the secure defaults, said aloud. Pure.
import type { BrowserWindowConstructorOptions, WebPreferences } from 'electron';

/** Must be there with this value: what is left out might be another value in the next Electron. */
const demanded = { contextIsolation: true, sandbox: true, nodeIntegration: false } as const satisfies WebPreferences;

/** May be left out, but may not have another value. */
const notOtherwise = {
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
} as const satisfies WebPreferences;

/** Taken as they are: they have no bearing on security or on what the tests see. */
const harmless = ['preload', 'spellcheck'];

/** Why these options are refused; empty when they are good. */
export function refusals(options: BrowserWindowConstructorOptions): string[] {
  const preferences = options.webPreferences;
  if (!preferences) return ['webPreferences are missing'];
  const problems: string[] = [];
  for (const [name, value] of Object.entries(demanded)) {
    if (preferences[name as keyof typeof demanded] !== value) problems.push(`${name} must be ${value}`);
  }
  for (const [name, value] of Object.entries(notOtherwise)) {
    const given = preferences[name as keyof typeof notOtherwise];
    if (given !== undefined && given !== value) problems.push(`${name} must not be ${given}`);
  }
  const known = new Set([...Object.keys(demanded), ...Object.keys(notOtherwise), ...harmless]);
  for (const name of Object.keys(preferences)) if (!known.has(name)) problems.push(`${name} is not modelled`);
  if (!preferences.preload) problems.push('preload is missing');
  return problems;
}
