// Plans of ENVs for people: one line for each value that differs, coloured on a terminal.
import type { PlanStep, StepResult } from '@tt/client/env-file';
import { reasonText, terms } from '@tt/protocol';
import { inOneLine } from '../output.ts';
import type { Coloured } from '../terminal.ts';
import { shortened } from '../text-width.ts';

/** `+` is made, `-` is deleted, `~` is changed, `!` can’t be done. */
export function stepLines(step: PlanStep): Coloured[] {
  const why = step.refused ? `: ${reasonText(step.refused, terms)}` : stopText(step);
  return step.changes.map((change) => {
    const sign = signOf(step, change);
    const colour = ({ '+': 'green', '-': 'red', '~': 'yellow', '!': 'magenta' } as const)[sign];
    return { colour, text: inOneLine(`${sign} ${step.vmName ?? step.envName}: ${changeText(change)}${why}`) };
  });
}

/** What of a plan is left, and why where the reason is not that of another step. */
export function undoneLines({ step, outcome, leftStopped }: StepResult): Coloured[] {
  const stopped = leftStopped.map((name): Coloured => ({ colour: 'red', text: `${name} is still stopped` }));
  if (outcome === 'done') return stopped;
  const lines = stepLines(step).map(({ text, colour }): Coloured => ({ colour, text: `${outcome}: ${text}` }));
  return [...lines, ...stopped];
}

type Change = PlanStep['changes'][number];

function signOf({ refused, losesData }: PlanStep, { from }: Change): '+' | '-' | '~' | '!' {
  if (refused) return '!';
  if (losesData) return '-';
  return from === null ? '+' : '~';
}

function stopText({ stops }: PlanStep): string {
  return stops.length === 0 ? '' : ` (stops and starts ${stops.join(', ')})`;
}

function changeText({ field, from, to }: Change): string {
  if (field === 'vms') return vmsText(to as NewVms);
  if (field === 'vm') return `removed, with its disks and its part of snapshots (${String(from)})`;
  return `${field} ${valueText(from)} -> ${valueText(to)}`;
}

interface NewVms {
  osPrefix?: string;
  image?: string;
  medium?: string | null;
  copies: number;
}

function vmsText({ osPrefix, image, medium, copies }: NewVms): string {
  const count = copies === 1 ? '1 VM' : `${copies} VMs`;
  if (image !== undefined) return `${count} of ${image}`;
  if (osPrefix !== undefined) return `${count} of each system ${osPrefix}`;
  return `${count} with an empty disk${medium ? ` and ${medium}` : ''}`;
}

/** Columns of one value. */
const WIDEST = 80;

/** As JSON, as far as one reads it. */
function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  return shortened(JSON.stringify(value), WIDEST);
}
