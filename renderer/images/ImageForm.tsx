// What may be said about an image that is made: name, memo, firmware. Shared by importing and publishing.
import { type ImageSpec, imageNameFor, isValidImageName } from '@tt/protocol';
import { ChoiceField } from '../components/ChoiceField.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';

export interface ImageDraft {
  name: string;
  memo: string;
  firmware: 'asIs' | 'bios' | 'uefi';
}

export const emptyDraft: ImageDraft = { name: '', memo: '', firmware: 'asIs' };

export function draftFor(fileName: string): Pick<ImageDraft, 'name'> {
  return { name: imageNameFor(fileName) };
}

export function requestOf({ memo, firmware }: ImageDraft): ImageSpec {
  return { ...(memo.trim() !== '' && { memo: memo.trim() }), ...(firmware !== 'asIs' && { firmware }) };
}

export function ImageForm({ draft, onChange }: { draft: ImageDraft; onChange: (draft: ImageDraft) => void }) {
  const t = useWords();
  const bad = draft.name !== '' && !isValidImageName(draft.name);
  return (
    <>
      <Field
        label={t('images.name')}
        hint={t('images.nameHint')}
        error={bad ? t('images.nameBad') : null}
        value={draft.name}
        onChange={(name) => onChange({ ...draft, name })}
        isRequired
        mono
      />
      <Field label={t('images.memo')} value={draft.memo} onChange={(memo) => onChange({ ...draft, memo })} />
      <ChoiceField
        label={t('images.firmware')}
        value={draft.firmware}
        options={[
          { value: 'asIs', label: t('images.firmwareAsIs') },
          { value: 'bios', label: 'BIOS' },
          { value: 'uefi', label: 'UEFI' },
        ]}
        onChange={(firmware) => onChange({ ...draft, firmware })}
      />
    </>
  );
}
