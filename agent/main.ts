// Entry of `tt-agent`. Without the name of a command it runs the agent; agent/command/ has what each command does.
import { program } from './command/program.ts';

await program(import.meta.filename).parseAsync();
