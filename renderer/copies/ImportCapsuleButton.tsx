// Opens the import of a capsule.
import { PackagePlus } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const ImportCapsuleButton = observer(function ImportCapsuleButton() {
  const { view, link } = useStores();
  const t = useWords();
  return (
    <Button
      icon={PackagePlus}
      label={t('copies.capsule.import')}
      isDisabled={!link.up}
      onPress={() => view.open({ kind: 'importCapsule' })}
    />
  );
});
