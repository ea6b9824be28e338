// Test support: an agent that kills itself by SIGKILL at a named step of an operation (`TT_TEST_DIE_AT=disk:2` is the second
// time it reaches `disk` after SIGUSR2 armed it), like a power failure or an out-of-memory kill. The product has no such switch.
import { Command } from 'commander';
import { startAgent } from '../agent.ts';
import { agentLogger } from '../command/logger.ts';
import { configReader } from '../command/source.ts';
import { addConfigFlags } from '../config/flags.ts';

const [step = '', nth = '1'] = (process.env['TT_TEST_DIE_AT'] ?? '').split(':');
let left = Number(nth);
let armed = false;

const command = addConfigFlags(new Command());
command.parse();
const config = await configReader(command)();
const logger = agentLogger(config);
process.on('SIGUSR2', () => {
  armed = true;
  logger.info('armed');
});
await startAgent(config, logger, {
  checkpoint(reached) {
    if (!armed || reached !== step || --left > 0) return;
    process.kill(process.pid, 'SIGKILL');
    // The signal is on its way: nothing of the step may run before it arrives.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  },
});
