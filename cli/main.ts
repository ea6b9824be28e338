// Entry of `tt` as a process: the words it was given in, the exit code out.
import { runTt } from './program.ts';

process.exitCode = await runTt(process.argv.slice(2));
