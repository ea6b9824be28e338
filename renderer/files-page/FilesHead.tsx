// Above the files of a guest: the way back, the machine, the path to read and to type, and what can be done here.
import type { Vm } from '@tt/protocol';
import { guestPathSchema } from '@tt/protocol';
import { ArrowLeft, ArrowUp, FolderUp, RefreshCw } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { pushAction } from '../guest-files/actions.ts';
import { type GuestFolder, parentOf } from './guest-folder.ts';

export interface FilesHeadProps {
  vm: Vm;
  folder: GuestFolder;
  onPath: (path: string) => void;
}

export const FilesHead = observer(function FilesHead({ vm, folder, onPath }: FilesHeadProps) {
  const stores = useStores();
  const { view, link } = stores;
  const t = useWords();
  const { path } = folder;
  const [typed, setTyped] = useState(path);
  const { envName, id: vmId } = vm;
  const push = pushAction(stores, { envName, vmId, folder: path }, t);
  const isPath = guestPathSchema.safeParse(typed).success;
  const go = () => {
    if (!isPath) return;
    // The same one is read again.
    if (typed === path) void folder.read();
    else onPath(typed.length > 1 ? typed.replace(/\/+$/, '') : typed);
  };
  return (
    <header className="files-head">
      <div className="files-bar">
        <Button kind="quiet" icon={ArrowLeft} onPress={() => view.goToEnv(envName)}>
          {t('guestFiles.back', { env: envName })}
        </Button>
        <h1 className="page-title ellipsis">{t('guestFiles.of', { vm: shortVmName(vm.name) })}</h1>
        <span className="spacer" />
        <Button icon={FolderUp} whyNot={push.whyNot} onPress={push.run}>
          {push.label}
        </Button>
      </div>
      <Form
        className="files-path"
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <Button
          kind="quiet"
          icon={ArrowUp}
          label={t('guestFiles.up')}
          shortcut="Backspace"
          whyNot={firstReason({ noneAbove: path === '/' })}
          onPress={() => onPath(parentOf(path))}
        />
        <Field
          label={t('guestFiles.path')}
          hideLabel
          value={typed}
          onChange={setTyped}
          error={isPath ? null : t('guestFiles.folderInvalid')}
          mono
        />
        <Button
          kind="quiet"
          icon={RefreshCw}
          label={t('guestFiles.refresh')}
          isBusy={folder.isReading && folder.entries !== null}
          whyNot={link.whyNot}
          onPress={() => void folder.read()}
        />
      </Form>
    </header>
  );
});
