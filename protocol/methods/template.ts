// Calls about templates: the texts of ENVs that people keep to start new ones from.
import { z } from 'zod';
import { anyName, operationId } from '../model/common.ts';
import { templateSchema, templateSharingSchema, templateText, wholeTemplateSchema } from '../model/template.ts';
import { call } from './base.ts';

const operated = z.strictObject({ name: anyName, operationId });
const changing = ['TEMPLATE_NOT_FOUND', 'TEMPLATE_NOT_YOURS'] as const;

export const template = {
  list: call()
    .route({
      method: 'GET',
      path: '/templates',
      summary: 'The templates of the caller and those that are shared, without their texts',
      tags: ['template'],
    })
    .output(z.object({ templates: z.array(templateSchema) })),
  show: call('TEMPLATE_NOT_FOUND')
    .route({ method: 'GET', path: '/templates/{name}', summary: 'One template with its text', tags: ['template'] })
    .input(z.strictObject({ name: anyName }))
    .output(wholeTemplateSchema),
  save: call(...changing, 'NAME_INVALID', 'TEMPLATE_NAME_TAKEN', 'TEMPLATE_CHANGED', 'DOCUMENT_INVALID')
    .route({
      method: 'POST',
      path: '/templates/{name}',
      summary: 'Creates a template, or replaces the text of one that nobody has changed meanwhile',
      tags: ['template'],
    })
    .input(
      z.strictObject({
        name: anyName,
        operationId,
        text: templateText,
        replaces: z
          .strictObject({ id: z.string().max(64), version: z.number().int().positive() })
          .nullable()
          .describe('What it replaces, as it was read; refused if that has changed. null: it is new.'),
        sharedWith: templateSharingSchema.optional().describe('Default: as it is; nobody for a new one.'),
      }),
    )
    .output(templateSchema),
  rename: call(...changing, 'NAME_INVALID', 'TEMPLATE_NAME_TAKEN')
    .route({ method: 'POST', path: '/templates/{name}/rename', summary: 'Renames a template', tags: ['template'] })
    .input(z.strictObject({ name: anyName, operationId, newName: anyName }))
    .output(templateSchema),
  share: call(...changing)
    .route({
      method: 'POST',
      path: '/templates/{name}/share',
      summary: 'Shares a template, or makes it private',
      tags: ['template'],
    })
    .input(z.strictObject({ name: anyName, operationId, sharedWith: templateSharingSchema }))
    .output(templateSchema),
  delete: call(...changing)
    .route({
      method: 'DELETE',
      path: '/templates/{name}',
      summary: 'Deletes a template; ENVs that were created from it stay',
      tags: ['template'],
      inputStructure: 'compact',
    })
    .input(operated)
    .output(z.object({ name: z.string() })),
};
