// The wording of `npm run doctor`: it is about `npm start`.
import type { Tone } from '../../agent/doctor/report.ts';

export const tone: Tone = {
  ok: 'ok',
  optional: 'optional',
  missing: 'missing',
  allIsWell: 'This machine has what "npm start" needs.',
  mendFirst: '"npm start" needs this mended first',
};
