// The question before something is deleted: only a person at a terminal is asked, and `--yes` answers it.
import { type TermCode, TtError, visible } from '@tt/protocol';
import type { Command } from 'commander';
import { inOneLine } from './output.ts';

export function withYes(command: Command): Command {
  return command.option('-y, --yes', 'do not ask first');
}

/** Whether a person at a terminal can be asked. */
export function canAsk(command: Command): boolean {
  const { json } = command.optsWithGlobals<{ json?: true }>();
  return !json && process.stdin.isTTY && process.stderr.isTTY;
}

/** Rejects with OPERATION_CANCELLED unless the answer is yes. `operation`: what is not done then. */
export async function confirmed(question: string, operation: TermCode<'activity'>, command: Command): Promise<void> {
  const { yes } = command.optsWithGlobals<{ yes?: true }>();
  if (yes || !canAsk(command) || (await agrees(question))) return;
  throw new TtError('OPERATION_CANCELLED', { operation });
}

/** The answer of the person at the terminal; Ctrl-C and the end of the input are no. */
export async function agrees(question: string): Promise<boolean> {
  return isYes(await answerOf(`${question} [y/N]`));
}

export function isYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer);
}

/** What the person at the terminal types; empty for Ctrl-C and the end of the input. */
export async function answerOf(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const leaving = new AbortController();
  reader.once('close', () => leaving.abort());
  try {
    return (await reader.question(visible(`${inOneLine(question)} `), { signal: leaving.signal })).trim();
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
    return '';
  } finally {
    reader.close();
  }
}
