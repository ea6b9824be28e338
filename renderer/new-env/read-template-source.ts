// Reads the text of a template that is to be saved, from where it comes.
import { wholeEnv } from '@tt/client';
import type { WholeTemplate } from '@tt/protocol';
import { envFileCode } from '../env-file/checked-text.ts';
import type { Stores } from '../state/stores.ts';
import { TemplateDraft } from '../templates/template-draft.ts';
import type { TemplateSource } from './template-source.ts';
import { draftYaml } from './yaml-view.ts';

/** Rejects like the calls. */
export async function draftFrom({ templates, bridge }: Stores, source: TemplateSource): Promise<TemplateDraft> {
  switch (source.kind) {
    case 'template': {
      const { template, text } = await wholeOf(templates, source.name);
      return new TemplateDraft(templates, text, { edited: template });
    }
    case 'draft':
      return new TemplateDraft(templates, await draftYaml(source.draft), { name: source.draft.name });
    case 'env': {
      const [code, detail] = await Promise.all([envFileCode(), wholeEnv(bridge.client, source.envName)]);
      return new TemplateDraft(templates, code.envFileYaml(code.exportedEnv(detail)), { name: source.envName });
    }
    default:
      return source satisfies never;
  }
}

async function wholeOf(templates: Stores['templates'], name: string): Promise<WholeTemplate> {
  const outcome = await templates.show(name);
  if (!outcome.ok) throw outcome.error;
  return outcome.value;
}
