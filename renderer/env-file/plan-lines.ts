// Steps of a plan as lines for people: a sign, what it is about, and what becomes what.
import type { Change, PlanStep, StepResult } from '@tt/client/env-file';
import type { Reason } from '@tt/protocol';
import { reasonWords } from '../i18n/error-words.ts';
import type { Translate } from '../i18n/index.ts';
import type { Language } from '../i18n/language.ts';

export interface PlanLine {
  key: string;
  /** `+` is made, `-` is deleted, `~` is changed, `!` can’t be done. */
  sign: '+' | '-' | '~' | '!';
  /** The machine, or the ENV. */
  subject: string;
  what: string;
  /** Why it is not done, or what must be stopped for it. */
  note: string | null;
}

export function planLines(steps: readonly PlanStep[], t: Translate, language: Language): PlanLine[] {
  return steps.flatMap((step, index) =>
    step.changes.map((change, at) => ({
      key: `${index}.${at}`,
      sign: signOf(step, change),
      subject: step.vmName ?? step.envName,
      what: changeText(change, t),
      note: step.refused
        ? whyNot(step.refused, t, language)
        : step.stops.length > 0
          ? t('envFile.stops', { names: step.stops.join(', ') })
          : null,
    })),
  );
}

/** What of a plan is left, in one line each; names of machines that are still stopped. */
export function undoneLines(results: readonly StepResult[], t: Translate, language: Language): string[] {
  return results.flatMap(({ step, outcome, leftStopped }) => [
    ...(outcome === 'done' || outcome === 'failed'
      ? []
      : planLines([step], t, language).map(
          ({ subject, what, note }) =>
            `${subject}: ${what} – ${outcome === 'skipped' ? t('envFile.skipped') : (note ?? t('envFile.skipped'))}`,
        )),
    ...leftStopped.map((vm) => t('envFile.leftStopped', { vm })),
  ]);
}

/** The words of two reasons name options of `tt`; here there are ticks. */
function whyNot(reason: Reason, t: Translate, language: Language): string {
  if (reason.code === 'planNeedsYes') return t('envFile.needsLoss');
  if (reason.code === 'planNeedsRestart') return t('envFile.needsRestart');
  return reasonWords(reason, language);
}

function signOf({ refused, losesData }: PlanStep, { from }: Change): PlanLine['sign'] {
  if (refused) return '!';
  if (losesData) return '-';
  return from === null ? '+' : '~';
}

interface NewVms {
  osPrefix?: string;
  image?: string;
  copies: number;
}

function changeText({ field, from, to }: Change, t: Translate): string {
  if (field === 'vms') {
    const { osPrefix, image, copies } = to as NewVms;
    return t('envFile.adds', { count: copies, image: image ?? osPrefix ?? t('envFile.emptyDisk') });
  }
  if (field === 'vm') return t('envFile.removes', { image: String(from) });
  return `${field}: ${valueText(from, t)} → ${valueText(to, t)}`;
}

const WIDEST = 200;

function valueText(value: unknown, t: Translate): string {
  if (value === null || value === undefined) return t('envFile.none');
  const text = JSON.stringify(value);
  return text.length > WIDEST ? `${text.slice(0, WIDEST)}…` : text;
}
