// Says at the end of a run what the specs ran in, so that nobody takes the test host for Electron.
import type { FullConfig, Reporter } from '@playwright/test/reporter';

const meaning: Readonly<Record<string, string>> = {
  'desktop-host': 'the real built main and preload in Chromium, through the strict test host (not Electron itself)',
  'desktop-electron': 'Electron itself',
  browser: 'the window as an agent serves it to a browser',
};

export default class LauncherReporter implements Reporter {
  #launchers: string[] = [];

  onBegin(config: FullConfig): void {
    this.#launchers = config.projects.map(({ name }) => name);
  }

  onEnd(): void {
    process.stdout.write('\nRan in:\n');
    for (const name of this.#launchers) process.stdout.write(`  ${name}: ${meaning[name] ?? 'unknown'}\n`);
    if (!this.#launchers.includes('desktop-electron')) {
      process.stdout.write('  not in Electron itself: set ELECTRON_BIN to its program to do that.\n');
    }
  }

  printsToStdio(): boolean {
    return false;
  }
}
