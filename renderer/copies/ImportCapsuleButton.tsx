// Opens the import of a capsule.
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { importCapsuleAction } from '../images/imports/import-capsule-action.ts';

export const ImportCapsuleButton = observer(function ImportCapsuleButton() {
  return <ActionButton iconOnly action={importCapsuleAction(useStores(), useWords())} />;
});
