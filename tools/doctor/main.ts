// `npm run doctor`: reports what this machine can do and how to fix the rest. Exits with 0 if `npm start` will work.
import { parseArgs } from 'node:util';
import { thisMachine } from '../../agent/doctor/machine.ts';
import { report } from '../../agent/doctor/report.ts';
import { canStart, runChecks } from '../../agent/doctor/run-checks.ts';
import { checks } from './checks/index.ts';
import { tone } from './tone.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' } } });
const results = await runChecks(checks, thisMachine());
// https://no-color.org: no colour if it is set and not empty.
const colour = process.stdout.isTTY && !process.env['NO_COLOR'];
const text = values.json ? `${JSON.stringify({ checks: results }, null, 2)}\n` : report(results, tone, colour);
// Once it is written, also through a pipe, nothing that still hangs may hold the process.
process.stdout.write(text, () => process.exit(canStart(results) ? 0 : 1));
