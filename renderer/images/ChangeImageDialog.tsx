// Renames or deletes an image that is not in use; otherwise shows who uses it.
import { type ImageUse, isValidImageName } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect, useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { useStores } from '../state/stores-context.ts';

export interface ChangeImageDialogProps {
  name: string;
  change: 'rename' | 'delete';
}

export const ChangeImageDialog = observer(function ChangeImageDialog({ name, change }: ChangeImageDialogProps) {
  const { images, view, link } = useStores();
  const t = useWords();
  const [newName, setNewName] = useState(name);
  const [usedBy, setUsedBy] = useState<readonly ImageUse[] | null>(null);
  useEffect(() => {
    let gone = false;
    void images.usersOf(name).then((users) => !gone && setUsedBy(users));
    return () => {
      gone = true;
    };
  }, [images, name]);
  const isUsed = usedBy !== null && usedBy.length > 0;
  const good = change === 'delete' || (isValidImageName(newName) && newName !== name);
  const run = () => {
    view.close();
    void (change === 'delete' ? images.remove(name) : images.rename(name, newName));
  };
  return (
    <Dialog
      role={change === 'delete' ? 'alertdialog' : 'dialog'}
      title={t(change === 'delete' ? 'images.deleteTitle' : 'images.renameTitle', { image: name })}
      onClose={() => view.close()}
      foot={
        <DialogFoot onCancel={() => view.close()}>
          <Button
            kind={change === 'delete' ? 'danger' : 'primary'}
            whyNot={firstReason({ inUse: isUsed, incomplete: usedBy === null || !good, linkDown: !link.up })}
            onPress={run}
          >
            {t(change === 'delete' ? 'images.delete' : 'images.rename')}
          </Button>
        </DialogFoot>
      }
    >
      {isUsed && (
        <p role="status">
          {t('images.usedBy', {
            users: someNames(
              usedBy.map((use) => use.name),
              t,
            ),
          })}
        </p>
      )}
      {change === 'rename' && !isUsed && (
        <Field
          label={t('images.name')}
          hint={t('images.nameHint')}
          value={newName}
          onChange={setNewName}
          mono
          autoFocus
        />
      )}
      {change === 'delete' && !isUsed && <p>{t('images.deleteText')}</p>}
    </Dialog>
  );
});
