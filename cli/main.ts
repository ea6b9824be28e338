// Entry of `tt` as a process: the words it was given in, the exit code out.
import { endWithOutput } from './output.ts';
import { runTt } from './program.ts';

endWithOutput();
process.exitCode = await runTt(process.argv.slice(2));
