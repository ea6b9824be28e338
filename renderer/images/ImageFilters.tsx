// Above the table of images: words, kind or state, system.
import type { Image } from '@tt/protocol';
import { Choice } from '../components/Choice.tsx';
import { Picker } from '../components/Picker.tsx';
import { SearchBox } from '../components/SearchBox.tsx';
import { useWords } from '../i18n/index.ts';
import { ANY_SYSTEM, families, type ImageChip, imageChips } from './image-list.ts';

export interface ImageFiltersProps {
  images: readonly Image[];
  query: string;
  onQuery: (query: string) => void;
  chip: ImageChip;
  onChip: (chip: ImageChip) => void;
  family: string;
  onFamily: (family: string) => void;
}

/** No key of a collection is empty. */
const ANY = '*';

export function ImageFilters({ images, query, onQuery, chip, onChip, family, onFamily }: ImageFiltersProps) {
  const t = useWords();
  const systems = families(images);
  // One whose last image has gone meanwhile can still be seen, and left.
  const offered = family === ANY_SYSTEM || systems.includes(family) ? systems : [...systems, family];
  return (
    <div className="page-bar image-filters">
      <SearchBox label={t('images.filter')} placeholder={t('images.filterHint')} value={query} onChange={onQuery} />
      <Choice
        label={t('images.chipsLabel')}
        value={chip}
        options={imageChips.map((value) => ({ value, label: t(`images.chips.${value}`) }))}
        onChange={onChip}
      />
      <Picker
        label={t('images.system')}
        value={family === ANY_SYSTEM ? ANY : family}
        options={[{ value: ANY, label: t('images.anySystem') }, ...offered.map((value) => ({ value, label: value }))]}
        onChange={(value) => onFamily(value === ANY ? ANY_SYSTEM : value)}
      />
    </div>
  );
}
