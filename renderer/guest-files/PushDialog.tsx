// What is pushed where: files and folders (dropped or chosen), the folder in the guests, how much it is.
import { FileText, FolderInput, Upload, X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { DropZone, FileTrigger, Form } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { Field } from '../components/Field.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { pushable } from './actions.ts';
import { MOST_LOCAL_FILES } from './local-tree.ts';
import type { PushDraft } from './push-draft.ts';
import { visibleName } from './visible-name.ts';
import './guest-files.css';

export const PushDialog = observer(function PushDialog({ draft }: { draft: PushDraft }) {
  const stores = useStores();
  const { pushes, view, vms: store, link } = stores;
  const t = useWords();
  const { envName, vmId } = draft;
  const vms = pushable(stores, draft);
  const total = vmId === null ? store.ofEnv(envName).length : 1;
  const whyNot = firstReason({
    notRunning: vms.length === 0,
    mistake: draft.problem !== null || !draft.isFolderValid,
    busy: draft.isReading,
    incomplete: draft.isEmpty,
    linkDown: !link.up,
  });
  const vm = vmId === null ? undefined : store.get(vmId);
  const name = vm ? `${envName}/${shortVmName(vm.name)}` : envName;
  const begin = () => {
    if (whyNot === null) pushes.begin({ name, envName, vms, folder: draft.folder, tree: draft.tree });
  };
  return (
    <Dialog
      title={t('guestFiles.pushTo', { name })}
      width="normal"
      onClose={() => view.close()}
      foot={
        <DialogFoot onCancel={() => view.close()}>
          <Button kind="primary" type="submit" form="push-files" whyNot={whyNot}>
            {t('guestFiles.pushNow', { count: vms.length })}
          </Button>
        </DialogFoot>
      }
    >
      <Form
        id="push-files"
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <DropZone
          className="drop-zone"
          aria-label={t('guestFiles.dropHere')}
          onDrop={({ items }) => void draft.drop(items)}
        >
          <div className="push-choosers">
            <FileTrigger allowsMultiple onSelect={(list) => void draft.choose(list ?? [])}>
              <Button icon={Upload} autoFocus={draft.isEmpty}>
                {t('guestFiles.chooseFiles')}
              </Button>
            </FileTrigger>
            <FileTrigger acceptDirectory onSelect={(list) => void draft.choose(list ?? [])}>
              <Button icon={FolderInput}>{t('guestFiles.chooseFolder')}</Button>
            </FileTrigger>
          </div>
          <Chosen draft={draft} />
        </DropZone>
        <Field
          label={t('guestFiles.folder')}
          hint={t('guestFiles.folderHint')}
          value={draft.folder}
          onChange={(folder) => draft.setFolder(folder)}
          error={draft.isFolderValid ? null : t('guestFiles.folderInvalid')}
          autoFocus={!draft.isEmpty || draft.isReading}
          mono
        />
        <p className="muted">
          {vms.length < total
            ? t('guestFiles.someMachines', { count: vms.length, total })
            : t('guestFiles.machines', {
                count: vms.length,
                names: someNames(
                  vms.map((one) => shortVmName(one.name)),
                  t,
                ),
              })}
        </p>
      </Form>
    </Dialog>
  );
});

/** As many as are named; of the others their number. */
const NAMED = 4;

/** Always as high, so that nothing moves when something is chosen. */
const Chosen = observer(function Chosen({ draft }: { draft: PushDraft }) {
  const t = useWords();
  const format = useFormat();
  const { tree, problem, isReading, isEmpty, sizeBytes } = draft;
  if (isReading) {
    return (
      <div className="push-chosen">
        <Spinner /> <span className="muted">{t('guestFiles.reading')}</span>
      </div>
    );
  }
  if (problem) {
    return (
      <div className="push-chosen" role="alert">
        <span className="field-error">
          {t(`guestFiles.problems.${problem.why}`, { file: visibleName(problem.file), most: MOST_LOCAL_FILES })}
        </span>
      </div>
    );
  }
  if (isEmpty) {
    return (
      <div className="push-chosen">
        <span className="muted">{t('guestFiles.orDrop')}</span>
      </div>
    );
  }
  const tops = [...new Set([...tree.folders, ...tree.files.map(({ inner }) => inner)].map(topOf))];
  return (
    <div className="push-chosen" role="status">
      <FileText aria-hidden className="icon" />
      <span className="push-names">
        <span className="mono ellipsis">{tops.slice(0, NAMED).map(visibleName).join('  ')}</span>
        <span className="muted number">
          {t('guestFiles.chosen', { count: tree.files.length, size: format.bytes(sizeBytes) })}
        </span>
      </span>
      <Button kind="quiet" size="small" icon={X} label={t('guestFiles.clear')} onPress={() => draft.clear()} />
    </div>
  );
});

function topOf(inner: string): string {
  return inner.split('/', 1)[0] ?? inner;
}
