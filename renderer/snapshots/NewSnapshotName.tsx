// Below the timeline, the name of the snapshot that was just taken here. It may still be being saved: it gets the name once it is whole.
import { observer } from 'mobx-react-lite';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { SnapshotNameField } from './SnapshotNameField.tsx';

export const NewSnapshotName = observer(function NewSnapshotName({ envName }: { envName: string }) {
  const { takes, view } = useStores();
  const t = useWords();
  const { naming } = takes;
  if (naming?.envName !== envName) return null;
  const { page } = view.route;
  return (
    <div className="new-snapshot">
      <SnapshotNameField
        key={naming.name}
        label={t('snapshots.nameOfNew')}
        name={naming.name}
        hint={t('snapshots.nameOfNew')}
        // On these pages what is typed is the guests'.
        takesFocus={page !== 'console' && page !== 'wall'}
        give={(name) => takes.nameIt(name)}
        end={() => takes.endNaming(naming)}
      />
    </div>
  );
});
