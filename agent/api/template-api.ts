// Calls about templates.
import { seesTemplate } from '../access/for-others.ts';
import { templateView, wholeView } from '../templates/templates.ts';
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';

export const templateApi = {
  list: api.template.list.handler(({ context: { services, caller } }) => ({
    templates: services.templates
      .list()
      .filter((record) => seesTemplate(caller, record))
      .map(templateView),
  })),
  show: api.template.show.handler(({ input, context: { services, caller } }) =>
    wholeView(services.templates.shownTo(caller, input.name)),
  ),
  save: api.template.save.handler(byOperation('template.save')),
  rename: api.template.rename.handler(byOperation('template.rename')),
  share: api.template.share.handler(byOperation('template.share')),
  delete: api.template.delete.handler(byOperation('template.delete')),
};
