// Entry point of `tt-agent`. Without a command name it runs the agent; the commands are in agent/command/.
import { program } from './command/program.ts';

await program(import.meta.filename).parseAsync();
