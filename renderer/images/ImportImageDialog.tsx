// Imports an image: a file of this computer (chosen or dropped), or a URL that the agent downloads. Either goes on once the dialog is
// closed: a file among the files on their way (imports/).
import type { ReadableFile } from '@tt/client';
import { imageNameFor } from '@tt/protocol';
import { Upload } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { DropZone, FileTrigger, Form, isFileDropItem } from 'react-aria-components';
import { z } from 'zod';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Choice } from '../components/Choice.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { Field } from '../components/Field.tsx';
import { CheckOf, TextOf } from '../forms/fields.tsx';
import { partOf, useFormOf, word } from '../forms/use-form-of.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { emptyImage, ImageForm, imageFields, requestOf } from './ImageForm.tsx';

const importForm = z
  .object({
    ...imageFields,
    from: z.enum(['file', 'url']),
    file: z.custom<ReadableFile | null>(),
    url: z.string(),
    sha256: z.string().regex(/^([0-9a-fA-F]{64})?$/, word('images.sha256Bad')),
    isRaw: z.boolean(),
  })
  .refine(({ from, file, url }) => (from === 'file' ? file !== null : /^https?:\/\/./.test(url)));

export const ImportImageDialog = observer(function ImportImageDialog({ dropped }: { dropped: ReadableFile | null }) {
  const { images, imports, view, link } = useStores();
  const t = useWords();
  const format = useFormat();
  const form = useFormOf(importForm, {
    ...emptyImage,
    name: dropped ? imageNameFor(dropped.name) : emptyImage.name,
    from: 'file',
    file: dropped,
    url: '',
    sha256: '',
    isRaw: false,
  });
  const { control, setValue, watch } = form;
  const [from, file, url] = watch(['from', 'file', 'url']);
  const take = (chosen: ReadableFile | null | undefined) => {
    if (!chosen) return;
    setValue('file', chosen);
    setValue('name', imageNameFor(chosen.name), { shouldValidate: true });
  };
  const takeUrl = (text: string) => {
    setValue('url', text, { shouldValidate: true });
    const fileName = URL.parse(text)?.pathname.split('/').at(-1) ?? '';
    if (fileName !== '') setValue('name', imageNameFor(fileName), { shouldValidate: true });
  };
  const begin = form.handleSubmit((values) => {
    if (!link.up) return;
    const { name, sha256, isRaw } = values;
    const request = {
      name,
      ...requestOf(values),
      ...(sha256 !== '' && { sha256 }),
      ...(isRaw && { format: 'raw' as const }),
    };
    if (values.from === 'url') void images.importUrl(values.url, request);
    else if (values.file) void imports.begin(values.file, request);
    view.close();
  });
  const close = () => view.close();
  return (
    <Dialog
      title={t('images.importTitle')}
      width="normal"
      onClose={close}
      foot={
        <DialogFoot onCancel={close}>
          <Button
            kind="primary"
            type="submit"
            form="import-image"
            whyNot={firstReason({ incomplete: !form.formState.isValid, linkDown: !link.up })}
          >
            {t('images.import')}
          </Button>
        </DialogFoot>
      }
    >
      <Form id="import-image" className="form" onSubmit={(event) => void begin(event)}>
        <Choice
          label={t('images.from')}
          value={from}
          options={[
            { value: 'file', label: t('images.fromFile') },
            { value: 'url', label: t('images.fromUrl') },
          ]}
          onChange={(next) => setValue('from', next, { shouldValidate: true })}
        />
        {from === 'file' ? (
          <DropZone
            className="drop-zone"
            aria-label={t('images.drop')}
            onDrop={({ items }) => void items.find(isFileDropItem)?.getFile().then(take)}
          >
            <FileTrigger onSelect={(files) => take(files?.[0])}>
              <Button icon={Upload}>{t('images.choose')}</Button>
            </FileTrigger>
            <span className="muted">{file ? `${file.name} · ${format.bytes(file.size)}` : t('images.drop')}</span>
          </DropZone>
        ) : (
          <Field label={t('images.url')} hint={t('images.urlHint')} value={url} onChange={takeUrl} mono autoFocus />
        )}
        <TextOf control={control} name="sha256" label={t('images.sha256')} hint={t('images.sha256Hint')} mono />
        <CheckOf control={control} name="isRaw" label={t('images.raw')} hint={t('images.rawHint')} />
        <ImageForm control={partOf(control)} isNameFirst={dropped !== null} />
      </Form>
    </Dialog>
  );
});
