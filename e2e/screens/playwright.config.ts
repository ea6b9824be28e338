// `npm run screens`: every page and dialog as a picture, light and dark, in both languages, in docs/screens. Not a test: it is run when the
// window looks different, and its pictures are looked at.
import config from '../playwright.config.ts';

export default {
  ...config,
  testDir: '.',
  globalSetup: '../global-setup.ts',
  retries: 0,
  reporter: [['list' as const]],
  projects: [{ name: 'browser', use: { launcher: 'browser' as const } }],
};
