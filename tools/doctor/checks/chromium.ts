// Chromium: only for `npm test` (end to end) and `npm run screenshots`.
import type { Check } from '../../../agent/doctor/check.ts';
import { installFix } from '../../../agent/doctor/install-fix.ts';
import { programVersion } from '../../../agent/doctor/program-version.ts';
import { found, optional } from '../plain-finding.ts';

export const chromiumCheck: Check = {
  name: 'chromium',
  isOptional: true,
  async look(machine, signal) {
    const version = await programVersion(machine, 'chromium', ['--version'], signal);
    if (version !== null) return found(`Chromium ${version}, for the end-to-end tests`);
    return optional('not installed; only the end-to-end tests need it', installFix(machine, 'Chromium', 'chromium'));
  },
};
