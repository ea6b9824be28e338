// The templates, on the Images page: whose each is, who sees it, and what can be done with it.
import type { Template } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { templateActions } from './actions.ts';

/** `query`: a part of names, as typed; the section is not there when it leaves nothing. */
export const TemplateList = observer(function TemplateList({ query }: { query: string }) {
  const { templates } = useStores();
  const t = useWords();
  const wanted = query.trim().toLowerCase();
  const shown = templates.all.filter(({ name }) => name.toLowerCase().includes(wanted));
  if (shown.length === 0 && wanted !== '') return null;
  return (
    <section aria-label={t('templates.title')}>
      <h2 className="page-subtitle">{t('templates.title')}</h2>
      <p className="muted">{t('templates.about')}</p>
      {shown.length > 0 && (
        <Rows items={shown} keyOf={({ id }) => id} height={55} label={t('templates.title')}>
          {(template, place) => <TemplateRow key={template.id} template={template} place={place} />}
        </Rows>
      )}
    </section>
  );
});

const TemplateRow = observer(function TemplateRow({ template, place }: { template: Template; place: RowPlace }) {
  const stores = useStores();
  const t = useWords();
  const { name, owner, sharedWith, version, changedAt, changedBy } = template;
  const can = templateActions(stores, template, t);
  const about = [
    t('templates.owner', { owner }),
    t(sharedWith === 'everybody' ? 'templates.isShared' : 'templates.isPrivate'),
    t('templates.changed', { version, by: changedBy, at: new Date(changedAt).toLocaleString() }),
  ];
  return (
    <li className="rows-item" {...place} aria-label={name}>
      <div className="rows-main">
        <strong className="mono">{name}</strong>
        <div className="muted number">{about.join(' · ')}</div>
      </div>
      <ActionButton action={can.use} aria-label={t('templates.useOf', { template: name })} />
      <MenuButton
        label={t('templates.actionsOf', { template: name })}
        entries={toMenu([[can.edit, can.rename, can.share], [can.delete]])}
      />
    </li>
  );
});
