// The renderer's entry: chooses the bridge (desktop or browser) and mounts the window. No logic here.
import { chooseBridge } from './choose-bridge.ts';
import { mountWindow } from './mount.tsx';

const element = document.getElementById('window');
if (!element) throw new Error('index.html has no #window');
mountWindow(chooseBridge(), element);
