// The state of a form, checked by a zod schema while it is typed. What a schema refuses is said as a word of the window.
import { zodResolver } from '@hookform/resolvers/zod';
import { isValidName } from '@tt/protocol';
import { type Control, type DefaultValues, type FieldValues, useForm, type UseFormReturn } from 'react-hook-form';
import { z } from 'zod';
import type { Word } from '../i18n/index.ts';

/** `Values` is what the fields hold, `Request` what the schema makes of them. */
export interface FormState<Values extends FieldValues, Request = Values>
  extends Omit<UseFormReturn<Values, unknown, Request>, 'control'> {
  /** For fields, which know nothing of the request. */
  control: Control<Values>;
}

/** The control of a form for fields that show only a part of its values. */
export function partOf<Part extends FieldValues, Whole extends Part>(control: Control<Whole>): Control<Part> {
  return control as unknown as Control<Part>;
}

/** A refinement's message: the word that is shown beside the field. */
export const word = (key: Word): Word => key;

/** A new name of an ENV, a snapshot, a profile, a lab or a terminal. */
export const nameField = z.string().refine(isValidName, word('newEnv.nameInvalid'));

/** Form state for `schema`. `initial` is what the fields show at first; later changes of it are not followed. */
export function useFormOf<Values extends FieldValues, Request>(
  schema: z.ZodType<Request, Values>,
  initial: NoInfer<Values>,
): FormState<Values, Request> {
  const form = useForm<Values, unknown, Request>({
    resolver: zodResolver(schema, { error: wordOfIssue }),
    defaultValues: initial as DefaultValues<Values>,
    mode: 'onChange',
  });
  return form as unknown as FormState<Values, Request>;
}

/** Issues without a word of their own. Exported for its test. */
export function wordOfIssue({ code }: { code?: string | undefined }): Word {
  return code === 'too_big' ? 'common.tooLong' : 'common.valueInvalid';
}
