// The renderer's entry: chooses the bridge (desktop or browser) and mounts the window; the address of a terminal mounts its page
// instead. No logic here.
import { chooseBridge } from './choose-bridge.ts';
import { keepPageOnDrops } from './guest-files/file-drags.ts';
import { mountWindow } from './mount.tsx';
import { terminalIn } from './state/route.ts';

const element = document.getElementById('window');
if (!element) throw new Error('index.html has no #window');
keepPageOnDrops();
const terminal = window.desktop ? null : terminalIn(window.location.hash);
if (terminal) {
  void import('./terminal/mount-terminal.tsx').then(({ mountTerminal }) => mountTerminal(element, terminal));
} else {
  mountWindow(chooseBridge(), element);
}
