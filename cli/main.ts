// Entry of `tt` as a process: takes the arguments, sets the exit code.
import { endWithOutput } from './output.ts';
import { runTt } from './program.ts';

endWithOutput();
process.exitCode = await runTt(process.argv.slice(2));
