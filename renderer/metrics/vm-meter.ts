// One thing that is measured of a machine, as a line of the last minute and a number: pure, from its metrics.
import type { Vm, VmMetrics } from '@tt/protocol';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';

const MIB = 1_048_576;
/** What fills the line of a machine that does next to nothing, in bytes a second: noise is no mountain. */
const LEAST_TOP_BYTES = MIB;

export const meterKinds = ['cpu', 'memory', 'disk', 'net'] as const;
export type MeterKind = (typeof meterKinds)[number];

export interface MeterReading {
  /** Oldest first. */
  values: number[];
  /** The value that fills the line. */
  top: number;
  /** Now, short: `12 %`. */
  text: string;
  /** The same in a sentence, where the number alone may be misread. */
  hint: string;
}

/** null: it does not run, was not measured yet, or its host does not provide this. */
export function readMeter(
  kind: MeterKind,
  { spec }: Pick<Vm, 'spec'>,
  history: readonly VmMetrics[],
  format: Format,
  t: Translate,
): MeterReading | null {
  const now = history.at(-1);
  if (!now) return null;
  switch (kind) {
    case 'cpu': {
      const percent = t('machines.percent', { percent: Math.round(now.cpuPercent) });
      return { values: history.map(({ cpuPercent }) => cpuPercent), top: spec.cpuCount * 100, text: percent, hint: '' };
    }
    case 'memory': {
      const size = spec.memoryMiB * MIB;
      const used = format.mebibytes(Math.round(now.memoryBytes / MIB));
      // What its process has for itself is not the guest's: no machine uses more than it has.
      const ofGuest = format.mebibytes(Math.round(Math.min(now.memoryBytes, size) / MIB));
      const hint = t('machines.memoryHint', { used, size: format.mebibytes(spec.memoryMiB) });
      return { values: history.map(({ memoryBytes }) => memoryBytes), top: size, text: ofGuest, hint };
    }
    case 'disk': {
      const { diskReadBytesPerS: read, diskWrittenBytesPerS: written } = now;
      if (read === null || written === null) return null;
      const hint = t('machines.diskHintUse', { read: format.bytes(read), written: format.bytes(written) });
      return rateOf(history, (one) => sumOf(one.diskReadBytesPerS, one.diskWrittenBytesPerS), { format, t, hint });
    }
    case 'net': {
      const { networkReceivedBytesPerS: received, networkSentBytesPerS: sent } = now;
      if (received === null || sent === null) return null;
      const hint = t('machines.netHint', { received: format.bytes(received), sent: format.bytes(sent) });
      return rateOf(history, (one) => sumOf(one.networkReceivedBytesPerS, one.networkSentBytesPerS), {
        format,
        t,
        hint,
      });
    }
  }
}

/** Both directions together; the line is as high as the most of the last minute. */
function rateOf(
  history: readonly VmMetrics[],
  read: (one: VmMetrics) => number,
  { format, t, hint }: { format: Format; t: Translate; hint: string },
): MeterReading {
  const values = history.map(read);
  const text = t('machines.perSecond', { amount: format.bytes(Math.round(values.at(-1) ?? 0)) });
  return { values, top: Math.max(LEAST_TOP_BYTES, ...values), text, hint };
}

function sumOf(a: number | null, b: number | null): number {
  return (a ?? 0) + (b ?? 0);
}
