// The part of the error table about runs of commands in guests. See error-table.ts.
import { count, entry, reasonSchema, text } from './error-entry.ts';

export const runErrors = {
  // Runs
  RUN_NOT_FOUND: entry(
    404,
    'There is no run {runId}.',
    'List the runs; they are deleted with their ENV, and after some days.',
    { runId: text },
  ),
  RUN_NO_VM_RUNS: entry(
    409,
    'None of the chosen VMs of {envName} is running.',
    'Start the ENV, or choose VMs that run.',
    { envName: text },
  ),
  RUN_LIMIT: entry(
    409,
    '{most} runs are under way; that is the limit.',
    'Wait until one of them has ended, or cancel one.',
    { most: count },
  ),
  RUN_SCRIPT_UNUSABLE: entry(
    422,
    'The script can’t be run: {reason}.',
    'Push a larger one into the guests as a file, and run it there. A script is text in UTF-8.',
    { reason: reasonSchema },
  ),
  RUN_GUEST_UNREACHABLE: entry(
    504,
    'The guest of {vmName} could not be asked to run it: {reason}.',
    'Wait until it has booted ("--wait"), or install the guest agent in it.',
    { vmName: text, reason: reasonSchema },
  ),
  RUN_SSH_UNREACHABLE: entry(
    504,
    'The guest of {vmName} could not be asked over SSH: {reason}.',
    'Wait until it has booted ("--wait"), and check its SSH server, its port 22 and the user of its setup.',
    { vmName: text, reason: reasonSchema },
  ),
  RUN_NOT_OVER_SSH: entry(
    422,
    'The command can’t run over SSH on {vmName}: {reason}.',
    'Nothing was run. Leave out what SSH has no way for, or run it without "--use-ssh".',
    { vmName: text, reason: reasonSchema },
  ),
  RUN_COMMAND_REFUSED: entry(
    422,
    'The guest of {vmName} could not start the command: {reason}.',
    'Check the program, the user and the folder in that guest.',
    { vmName: text, reason: reasonSchema },
  ),
  RUN_VM_ENDED: entry(409, 'How the command ended on {vmName} is unknown: {reason}.', 'Run it again.', {
    vmName: text,
    reason: reasonSchema,
  }),
  RUN_END_UNCONFIRMED: entry(
    504,
    'The guest of {vmName} has not confirmed that the command was killed.',
    'It is killed as soon as the guest answers.',
    { vmName: text },
  ),
  RUN_AGENT_ENDED: entry(
    500,
    'The agent ended while the command ran on {vmName}.',
    'The command was ended in the guest. Run it again.',
    { vmName: text },
  ),
  MATRIX_SERVICE_ABSENT: entry(
    504,
    'A service on {vmName} was not there after {timeLimitS} s: {service}.',
    'See why it does not start in that guest, or raise “timeLimitS” of the service in the matrix file.',
    { vmName: text, service: text, timeLimitS: count },
  ),
} as const;
