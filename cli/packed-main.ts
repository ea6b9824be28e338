// `tt` as one CommonJS file, for its npm package and its single executable (tools/pack/): there is no `await` outside of
// functions. Otherwise as main.ts.
import { endWithOutput } from './output.ts';
import { runTt } from './program.ts';

/** Node's own, for a program whose main part waits for what nothing can bring any more. */
const NEVER_ENDED = 13;

endWithOutput();
process.once('beforeExit', neverEnded);
void runTt(process.argv.slice(2)).then((exitCode) => {
  process.off('beforeExit', neverEnded);
  process.exitCode = exitCode;
});

function neverEnded(): void {
  process.exitCode = NEVER_ENDED;
}
