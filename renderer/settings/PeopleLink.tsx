// Settings: where administrators find the users of the server; the list itself has one home, Administration.
import { observer } from 'mobx-react-lite';
import { Link } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import { formatRoute } from '../state/route.ts';
import { useStores } from '../state/stores-context.ts';

export const PeopleLink = observer(function PeopleLink() {
  const { me } = useStores();
  const t = useWords();
  if (!me.isAdmin) return null;
  return (
    <section className="panel form" aria-label={t('settings.people')}>
      <h2>{t('settings.people')}</h2>
      <p className="muted">{t('settings.peopleElsewhere')}</p>
      <p>
        <Link className="link" href={formatRoute({ page: 'administration', tab: 'people' })}>
          {t('settings.peopleOpen')}
        </Link>
      </p>
    </section>
  );
});
