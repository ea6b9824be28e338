// The description of a new image: name, memo, firmware. Shared by importing and publishing.
import { type ImageSpec, isValidImageName } from '@tt/protocol';
import { z } from 'zod';
import { ChoiceOf, TextOf } from '../forms/fields.tsx';
import { type FormState, word } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';

/** The contract's. */
const MEMO_MAX = 500;

/** A new name of an image. */
export const imageNameField = z.string().refine(isValidImageName, word('images.nameBad'));

/** The part of a form that `ImageForm` shows. */
export const imageFields = {
  name: imageNameField,
  memo: z.string().trim().max(MEMO_MAX),
  firmware: z.enum(['asIs', 'bios', 'uefi']),
};
const imageForm = z.object(imageFields);
export type ImageValues = z.output<typeof imageForm>;

export const emptyImage: ImageValues = { name: '', memo: '', firmware: 'asIs' };

export function requestOf({ memo, firmware }: ImageValues): ImageSpec {
  return { ...(memo !== '' && { memo }), ...(firmware !== 'asIs' && { firmware }) };
}

export interface ImageFormProps extends Pick<FormState<ImageValues>, 'control'> {
  /** The name is what is asked for first: it gets the focus. */
  isNameFirst?: boolean;
}

export function ImageForm({ control, isNameFirst = false }: ImageFormProps) {
  const t = useWords();
  return (
    <>
      <TextOf
        control={control}
        name="name"
        label={t('images.name')}
        hint={t('images.nameHint')}
        isRequired
        mono
        autoFocus={isNameFirst}
      />
      <TextOf control={control} name="memo" label={t('images.memo')} />
      <ChoiceOf<ImageValues, ImageValues['firmware']>
        control={control}
        name="firmware"
        label={t('images.firmware')}
        options={[
          { value: 'asIs', label: t('images.firmwareAsIs') },
          { value: 'bios', label: 'BIOS' },
          { value: 'uefi', label: 'UEFI' },
        ]}
      />
    </>
  );
}
