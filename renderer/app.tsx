// The renderer's entry: mounts the window for Electron when its preload ran, else for the agent that served the page; the address of
// a terminal mounts its page instead. No logic here.
import { createBrowserBridge } from './bridge-browser.ts';
import { keepPageOnDrops } from './guest-files/file-drags.ts';
import { mountDesktop } from './mount-desktop.tsx';
import { mountWindow } from './mount.tsx';
import { terminalIn } from './state/route.ts';

const element = document.getElementById('window');
if (!element) throw new Error('index.html has no #window');
keepPageOnDrops();
const terminal = window.desktop ? null : terminalIn(window.location.hash);
if (terminal) {
  void import('./terminal/mount-terminal.tsx').then(({ mountTerminal }) => mountTerminal(element, terminal));
} else if (window.desktop) {
  void mountDesktop(window.desktop, element);
} else {
  mountWindow(createBrowserBridge(), element);
}
