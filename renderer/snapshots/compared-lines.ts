// What is said of one machine in two snapshots, a line each: its memory, its disks, its configuration. Pure.
import {
  choiceFieldNames,
  choicesOf,
  type ChoiceFieldName,
  type PlainSpec,
  type SnapshotComparison,
} from '@tt/protocol';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';

export type Compared = SnapshotComparison['vms'][number];

export interface ComparedLine {
  text: string;
  /** It says that nothing has changed. */
  isSame: boolean;
}

/** `term`: the words for a property of the configuration, and why a disk was not counted. */
export function changeLines(
  { in: where, beforeRamBytes, afterRamBytes, disks, changes }: Compared,
  names: { before: string; after: string },
  term: (table: 'change' | 'uncounted', code: string) => string,
  t: Translate,
  format: Pick<Format, 'bytes' | 'mebibytes'>,
): ComparedLine[] {
  if (where === 'before') return [changed(t('snapshots.compare.onlyBefore', { snapshot: names.after }))];
  if (where === 'after') return [changed(t('snapshots.compare.onlyAfter', { snapshot: names.before }))];
  const ramText = (bytes: number | null) => (bytes === null ? t('snapshots.compare.noRam') : format.bytes(bytes));
  const [ram, otherRam] = [ramText(beforeRamBytes), ramText(afterRamBytes)];
  const size = (mib: number | null) => (mib === null ? '?' : format.mebibytes(mib));
  return [
    ram === otherRam
      ? same(t('snapshots.compare.ramSame', { size: ram }))
      : changed(t('snapshots.compare.ram', { before: ram, after: otherRam })),
    ...disks.flatMap((disk) => [
      diskLine(disk, (code) => term('uncounted', code), t, format),
      ...(disk.in === 'both' && disk.beforeMiB !== disk.afterMiB
        ? [
            changed(
              t('snapshots.compare.diskSize', {
                disk: disk.name,
                before: size(disk.beforeMiB),
                after: size(disk.afterMiB),
              }),
            ),
          ]
        : []),
    ]),
    ...configLines(changes, (name) => term('change', name), t, format),
  ];
}

function changed(text: string): ComparedLine {
  return { text, isSame: false };
}

function same(text: string): ComparedLine {
  return { text, isSame: true };
}

function diskLine(
  { name: disk, in: where, changedBytes, uncounted }: Compared['disks'][number],
  why: (code: string) => string,
  t: Translate,
  format: Pick<Format, 'bytes'>,
): ComparedLine {
  if (where === 'before') return changed(t('snapshots.compare.diskBefore', { disk }));
  if (where === 'after') return changed(t('snapshots.compare.diskAfter', { disk }));
  if (changedBytes === null && uncounted !== undefined) {
    return changed(t('snapshots.compare.diskUncounted', { disk, reason: why(uncounted) }));
  }
  if (changedBytes === null) return changed(t('snapshots.compare.diskUnknown', { disk }));
  if (changedBytes === 0) return same(t('snapshots.compare.diskSame', { disk }));
  return changed(t('snapshots.compare.disk', { disk, size: format.bytes(changedBytes) }));
}

function configLines(
  changes: Compared['changes'],
  property: (name: string) => string,
  t: Translate,
  format: Pick<Format, 'mebibytes'>,
): ComparedLine[] {
  if (changes === null) return [changed(t('snapshots.compare.noConfig'))];
  if (changes.length === 0) return [same(t('snapshots.compare.sameConfig'))];
  return changes.map(({ property: name, before, after }) =>
    changed(
      t('snapshots.compare.change', {
        property: asBeginning(property(name)),
        before: valueText(name, before, t, format),
        after: valueText(name, after, t, format),
      }),
    ),
  );
}

/** The words of a property stand in the middle of other sentences. */
function asBeginning(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function valueText(property: string, value: string, t: Translate, format: Pick<Format, 'mebibytes'>): string {
  if (value === '') return '–';
  if (property === 'memoryMiB') return format.mebibytes(Number(value));
  return isChoice(property, value) ? t(`disks.values.${value}`) : value;
}

/** Of a newer agent it may be one that has no words here. */
function isChoice(property: string, value: string): value is PlainSpec[ChoiceFieldName] {
  const name = choiceFieldNames.find((choice) => choice === property);
  return name !== undefined && choicesOf(name)?.includes(value) === true;
}
