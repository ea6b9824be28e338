// What `npm start` and `npm test` show while they make a clone ready: one line for each step, with its time; what the
// programs of a step say goes into a log, which is named when the step fails. Plain JavaScript: boot.mjs runs on Node 18.
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const TAIL_LINES = 20;
const REDRAW_MS = 500;
/** Where lines can't be drawn anew, so often something is added to them. */
const REMIND_MS = 10_000;

/**
 * Runs `work`, which gets the log of the step and may say how far it is. Rejects with what `work` rejects with, after the
 * end of the log was shown.
 *
 * @template Result
 * @param {{ what: string, logFile: string, output?: NodeJS.WriteStream }} options `output`: default standard error
 * @param {(log: { write: (text: string) => void, progress: (text: string) => void }) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function step({ what, logFile, output = process.stderr }, work) {
  const begun = Date.now();
  const line = lineOn(output, `tt: ${what}`, () => `${((Date.now() - begun) / 1000).toFixed(1)} s`);
  const log = openLog(logFile, what);
  try {
    const result = await work({ write: log.write, progress: line.progress });
    line.end('');
    return result;
  } catch (error) {
    line.end('failed after ');
    const tail = log.tail();
    for (const last of tail) output.write(`    | ${last}\n`);
    if (tail.length > 0) output.write(`tt: all of it is in ${logFile}\n`);
    throw error;
  }
}

/** @param {NodeJS.WriteStream} output @param {string} head @param {() => string} time */
function lineOn(output, head, time) {
  let far = '';
  const say = () => (far === '' ? time() : `${far}, ${time()}`);
  const draw = () => output.write(`\r\u001b[2K${head} ... ${say()}`);
  if (!output.isTTY) output.write(`${head} ...`);
  const timer = output.isTTY
    ? setInterval(draw, REDRAW_MS)
    : setInterval(() => output.write(` ${say()} ...`), REMIND_MS);
  return {
    /** @param {string} text */
    progress: (text) => {
      far = text;
    },
    /** @param {string} how */
    end: (how) => {
      clearInterval(timer);
      output.write(output.isTTY ? `\r\u001b[2K${head} ... ${how}${time()}\n` : ` ${how}${time()}\n`);
    },
  };
}

/** @param {string} file @param {string} what */
function openLog(file, what) {
  mkdirSync(path.dirname(file), { recursive: true });
  appendFileSync(file, `\n=== ${new Date().toISOString()} ${what}\n`);
  let end = '';
  return {
    /** @param {string} text */
    write: (text) => {
      appendFileSync(file, text);
      end = (end + text).slice(-TAIL_LINES * 400);
    },
    tail: () => (end === '' ? [] : end.trimEnd().split('\n').slice(-TAIL_LINES)),
  };
}
