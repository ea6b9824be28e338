// The wording of `npm run doctor`: it is about `npm start`.
import type { Tone } from '../../agent/doctor/report.ts';

export const tone: Tone = {
  ok: 'ok',
  optional: 'optional',
  missing: 'missing',
  allIsWell: 'This machine has everything "npm start" needs.',
  mendFirst: 'Fix this before "npm start"',
};
