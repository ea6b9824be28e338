// Entry point of `tt-agent`. Without a command name it runs the agent; the commands are in agent/command/. The agent starts it with
// a word of its own for the switches of its networks: a program that must be small, and is no command for people.
import { SWITCH_WORD } from './network/switch/switch-word.ts';

const [, , word, directory] = process.argv;
if (word === SWITCH_WORD && directory !== undefined) {
  const { runSwitches } = await import('./network/switch/switch-program.ts');
  await runSwitches(directory);
} else {
  const { program } = await import('./command/program.ts');
  await program(import.meta.filename).parseAsync();
}
