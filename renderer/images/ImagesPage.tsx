// Images: what VMs can be made from, in which state; build those that have a recipe.
import { Disc3, HardDrive } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Button } from '../components/Button.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { SearchBox } from '../components/SearchBox.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ImageRow } from './ImageRow.tsx';

export const ImagesPage = observer(function ImagesPage() {
  const { images, link, view } = useStores();
  const t = useWords();
  const [query, setQuery] = useState('');
  const shown = query.trim() === '' ? images.all : images.matching(query);
  return (
    <section className="page" aria-label={t('images.title')}>
      <div className="page-bar">
        <h1 className="page-title">{t('images.title')}</h1>
        <span className="spacer" />
        <Button icon={Disc3} isDisabled={!link.up} onPress={() => view.open({ kind: 'install', medium: null })}>
          {t('setup.install')}
        </Button>
        <SearchBox label={t('images.filter')} placeholder={t('images.filterHint')} value={query} onChange={setQuery} />
      </div>
      {images.all.length === 0 && link.state !== 'connecting' && (
        <EmptyState icon={HardDrive} title={t('images.empty')}>
          <p className="muted">{t('images.emptyText')}</p>
        </EmptyState>
      )}
      {images.all.length > 0 && shown.length === 0 && <EmptyState title={t('images.noMatch', { query })} />}
      <ul className="rows" aria-label={t('images.title')}>
        {shown.map((image) => (
          <ImageRow key={image.name} image={image} />
        ))}
      </ul>
    </section>
  );
});
