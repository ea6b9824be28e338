// Electron: its binary does not come from the npm registry, so a machine may lack it.

import type { Check } from '../../../agent/doctor/check.ts';
import { electronBinary } from '../../start/electron-binary.ts';
import { found, optional } from '../plain-finding.ts';

export const electronCheck: Check = {
  name: 'electron',
  isOptional: true,
  async look({ root, env }) {
    // A missing screen is not a missing binary.
    const binary = electronBinary(root, { DISPLAY: ':0', ...env });
    if (binary !== null) return found(binary);
    return optional(
      'its binary is missing; "npm start" shows the window in a browser',
      'Run "npx electron --version" once where downloads are allowed, or set ELECTRON_BIN.',
    );
  },
};
