// The end-to-end tests: the same specs against the desktop (real main and preload in the strict test host, or in Electron
// itself when ELECTRON_BIN is set) and against the browser window an agent serves. `npm run e2e`.
import path from 'node:path';
import { defineConfig, type Project } from '@playwright/test';
import type { TestOptions } from './fixtures/tt.ts';

type Tier = Pick<Project, 'grep' | 'grepInvert' | 'testMatch' | 'testIgnore'>;

const root = path.resolve(import.meta.dirname, '..');
// Agents and desktops are started often: their compiled sources are kept between starts.
process.env['NODE_COMPILE_CACHE'] ??= path.join(root, 'node_modules', '.cache', 'compiled');
const asRoot = process.getuid?.() === 0;

/**
 * `quick`: what `npm test` runs, all of the desktop but `@deep` and `@long`, and in a browser what differs there. `deep`: the
 * rest but `@long`, which is `long`. Unset (`npm run e2e`): everything.
 */
const browserFirst = ['**/connection.spec.ts', '**/window.spec.ts'];
/** Of what a browser has not: its window belongs to the agent that served it. */
const desktopOnly = [
  '**/connections.spec.ts',
  '**/desktop.spec.ts',
  '**/desktop-news.spec.ts',
  '**/desktop-uploads.spec.ts',
];
/** What the page alone does, with nothing of the desktop or the browser in it: it is not checked twice before each change. `npm run e2e` checks it in both. */
const ofThePage = [
  'a11y',
  'administration',
  'board',
  'copies',
  'disks',
  'ends',
  'env-life-more',
  'fits',
  'help',
  'history',
  'image-imports',
  'labs',
  'machines',
  'messages',
  'one-machine',
  'palette',
  'shelf',
  'snapshot-compare',
  'snapshot-drag',
  'snapshot-saving',
  'snapshot-take',
  'snapshot-tree',
  'states',
  'steady',
  'tables',
  'templates',
].map((name) => `**/${name}.spec.ts`);
const tiers: Record<string, { desktop: Tier; browser: Tier }> = {
  quick: { desktop: { grepInvert: /@deep|@long/ }, browser: { testMatch: browserFirst, grepInvert: /@long/ } },
  deep: {
    desktop: { grep: /@deep/ },
    browser: { testIgnore: [...browserFirst, ...desktopOnly, ...ofThePage], grepInvert: /@long/ },
  },
  long: { desktop: { grep: /@long/ }, browser: { grep: /@long/ } },
};
const { desktop, browser } = tiers[process.env['TT_TEST_TIER'] ?? ''] ?? { desktop: {}, browser: {} };

export default defineConfig<object, TestOptions>({
  testDir: 'specs',
  outputDir: path.join(root, 'test-results'),
  globalSetup: './global-setup.ts',
  // Two cores, real guests: one test at a time. Two at once were no faster here, and ran into their limits.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 90_000,
  // On a machine shared with others one slow moment may fail a spec; what fails twice is a fault.
  retries: process.env['CI'] ? 1 : 0,
  expect: { timeout: 10_000 },
  reporter: [
    ['list'],
    ['./launcher-reporter.ts'],
    ['html', { open: 'never', outputFolder: path.join(root, 'playwright-report') }],
  ],
  use: {
    actionTimeout: 10_000,
    // A trace doubles what a spec costs: only of one that failed once, or with --trace on.
    trace: 'on-first-retry',
    screenshot: 'only-on-failure',
    viewport: { width: 1280, height: 820 },
    locale: 'en-US',
    launchOptions: {
      executablePath: process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium',
      args: [
        ...(asRoot ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  projects: [
    { name: 'desktop-host', ...desktop, use: { launcher: 'desktop-host' } },
    { name: 'browser', testIgnore: desktopOnly, ...browser, use: { launcher: 'browser' } },
    ...(process.env['ELECTRON_BIN']
      ? [{ name: 'desktop-electron', use: { launcher: 'desktop-electron' as const } }]
      : []),
  ],
});
