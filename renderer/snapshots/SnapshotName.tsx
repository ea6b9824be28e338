// A snapshot's name where it stands alone: as somebody wrote it, or what it is when TT took it.
import { automaticSnapshot } from '@tt/protocol';
import { snapshotLabel, useLanguage } from '../i18n/index.ts';

export function SnapshotName({ name }: { name: string }) {
  const language = useLanguage();
  const isChosen = automaticSnapshot(name) === null;
  return (
    <strong className="snapshot-label" data-chosen={isChosen || undefined}>
      {snapshotLabel(name, language)}
    </strong>
  );
}
