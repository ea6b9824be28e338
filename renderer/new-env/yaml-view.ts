// The YAML of the New ENV sheet: the form as text, a text as the form where that can show it, and a template to start from.
import type { TemplateFile, TtError } from '@tt/protocol';
import type { EnvSpec } from '../env/env-store.ts';
import { type EnvFileCode, envFileCode } from '../env-file/checked-text.ts';
import type { Stores } from '../state/stores.ts';
import { fillDraft } from './fill-draft.ts';
import type { NewEnvDraft } from './new-env-draft.ts';

/** What the sheet would create, as text. */
export async function draftYaml(draft: NewEnvDraft): Promise<string> {
  if (draft.yaml) return draft.yaml.text;
  const { envFileYaml } = await envFileCode();
  const { overrideLimit: _override, wait: _wait, cold: _cold, team: _team, ...file } = draft.toRequest();
  return envFileYaml({ file, partlySetUp: [] });
}

export async function toYaml(draft: NewEnvDraft): Promise<null> {
  draft.showYaml(await draftYaml(draft));
  return null;
}

/** Stays as it is where the text has faults, or says what the form can’t show. */
export async function toForm(draft: NewEnvDraft, stores: Pick<Stores, 'images'>): Promise<null> {
  const { yaml } = draft;
  const file = await yaml?.check();
  if (!yaml || !file) return null;
  const { isSame } = await envFileCode();
  if (fillDraft(draft, file, stores.images.all, isSame)) {
    draft.typeName(file.name);
    draft.showForm();
  } else draft.showYaml(yaml.text, true);
  return null;
}

/** null: from nothing. Shows the form where it can show all of the template, otherwise its text. */
export async function startFrom(
  draft: NewEnvDraft,
  name: string | null,
  { templates, images }: Pick<Stores, 'templates' | 'images'>,
): Promise<TtError | null> {
  if (name === null) {
    draft.showForm();
    draft.setGroups([]);
    draft.startFrom(null);
    return null;
  }
  const [code, outcome] = await Promise.all([envFileCode(), templates.show(name)]);
  if (!outcome.ok) return outcome.error;
  const { text } = outcome.value;
  const file = readable(code, text, name);
  const envName = draft.freeName(file?.name ?? name);
  draft.startFrom(name);
  if (file && fillDraft(draft, file, images.all, code.isSame)) {
    draft.typeName(envName);
    draft.showForm();
  } else draft.showYaml(file ? code.withEnvName(text, envName) : text, true);
  return null;
}

/** What is created; null: the text has faults, which are shown then. */
export async function requestOf(draft: NewEnvDraft): Promise<EnvSpec | null> {
  if (!draft.yaml) return draft.toRequest();
  const [{ newEnvRequest }, file] = await Promise.all([envFileCode(), draft.yaml.check()]);
  const { team } = draft.options;
  // Chosen before the form became a text, which does not say it.
  return file && { ...newEnvRequest(file), ...(team !== null && { team }) };
}

/** null: a newer TT wrote it; the text is shown with what this one does not know. */
function readable({ readTemplate }: EnvFileCode, text: string, name: string): TemplateFile | null {
  try {
    return readTemplate(text, name);
  } catch {
    return null;
  }
}
