// Brings an image in: a file of this computer (chosen or dropped), sent with progress, or an address the agent fetches.
import { imageNameFor, isValidImageName } from '@tt/protocol';
import { Upload } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { DropZone, FileTrigger, isFileDropItem } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { Choice } from '../components/Choice.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { Progress } from '../components/Progress.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { emptyDraft, ImageForm, requestOf } from './ImageForm.tsx';

export const ImportImageDialog = observer(function ImportImageDialog() {
  const { images, view, link } = useStores();
  const t = useWords();
  const format = useFormat();
  const [from, setFrom] = useState<'file' | 'url'>('file');
  const [file, setFile] = useState<File | null>(null);
  const [url, setUrl] = useState('');
  const [sha256, setSha256] = useState('');
  const [isRaw, setRaw] = useState(false);
  const [draft, setDraft] = useState(emptyDraft);
  const { sending, sendFailure } = images;
  const underway = firstReason({ underway: sending !== null });
  const choose = (
    <Button icon={Upload} whyNot={underway}>
      {t('images.choose')}
    </Button>
  );
  const take = (chosen: File | null | undefined) => {
    if (!chosen || sending !== null) return;
    setFile(chosen);
    setDraft((before) => ({ ...before, name: imageNameFor(chosen.name) }));
  };
  const takeUrl = (text: string) => {
    setUrl(text);
    const fileName = URL.parse(text)?.pathname.split('/').at(-1) ?? '';
    if (fileName !== '') setDraft((before) => ({ ...before, name: imageNameFor(fileName) }));
  };
  const badSum = sha256 !== '' && !/^[0-9a-fA-F]{64}$/.test(sha256);
  const ready =
    isValidImageName(draft.name) && !badSum && (from === 'file' ? file !== null : /^https?:\/\/./.test(url));
  const begin = async () => {
    const request = { name: draft.name, ...requestOf(draft), ...(sha256 !== '' && { sha256 }), ...rawRequest(isRaw) };
    if (from === 'url') void images.importUrl(url, request);
    else if (file && !(await images.importFile(file, request))) return;
    view.close();
  };
  const close = () => {
    images.stopSending();
    view.close();
  };
  return (
    <Dialog
      title={t('images.importTitle')}
      width="normal"
      onClose={close}
      foot={
        <>
          <Button onPress={close}>{t('common.cancel')}</Button>
          <Button
            kind="primary"
            whyNot={firstReason({ incomplete: !ready, linkDown: !link.up })}
            isBusy={sending !== null}
            onPress={() => void begin()}
          >
            {t('images.import')}
          </Button>
        </>
      }
    >
      <Choice
        label={t('images.from')}
        value={from}
        options={[
          { value: 'file', label: t('images.fromFile') },
          { value: 'url', label: t('images.fromUrl') },
        ]}
        onChange={setFrom}
        whyNot={underway}
      />
      {from === 'file' ? (
        <DropZone
          className="drop-zone"
          aria-label={t('images.drop')}
          onDrop={({ items }) => void items.find(isFileDropItem)?.getFile().then(take)}
        >
          {/* The trigger opens the chooser whatever its button says. */}
          {underway === null ? <FileTrigger onSelect={(files) => take(files?.[0])}>{choose}</FileTrigger> : choose}
          <span className="muted">{file ? `${file.name} · ${format.bytes(file.size)}` : t('images.drop')}</span>
        </DropZone>
      ) : (
        <Field label={t('images.url')} hint={t('images.urlHint')} value={url} onChange={takeUrl} mono autoFocus />
      )}
      <Field
        label={t('images.sha256')}
        hint={t('images.sha256Hint')}
        error={badSum ? t('images.sha256Bad') : null}
        value={sha256}
        onChange={setSha256}
        mono
      />
      <CheckField label={t('images.raw')} hint={t('images.rawHint')} value={isRaw} onChange={setRaw} />
      <ImageForm draft={draft} onChange={setDraft} />
      {sending && <Progress label={t('images.sending')} value={sending} />}
      {sendFailure && <ErrorNotice error={sendFailure} />}
    </Dialog>
  );
});

function rawRequest(isRaw: boolean): { format?: 'raw' } {
  return isRaw ? { format: 'raw' } : {};
}
