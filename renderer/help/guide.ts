// The user guide as it was when the window was built, in the language of the window. A part of its own: only who opens the help loads it.
import english from '../../docs/user-guide.md?raw';
import type { Language } from '../i18n/language.ts';
import { type Section, sectionsOf, withoutGaps } from './sections.ts';

/** Without the guide itself, whose heading has nothing below it but those. */
const shown = (sections: readonly Section[]) => sections.filter(({ level }) => level > 1);
const inEnglish = sectionsOf(english);

const guides: Readonly<Record<Language, () => Promise<readonly Section[]>>> = {
  en: async () => shown(inEnglish),
  'zh-CN': async () => {
    const { default: chinese } = await import('../../docs/zh/user-guide.md?raw');
    const ids = inEnglish.map(({ id }) => id);
    return shown(sectionsOf(withoutGaps(chinese), ids));
  },
};
const asked = new Map<Language, Promise<readonly Section[]>>();

/** The same promise each time: what waits for it is drawn again when it is there. */
export function guideIn(language: Language): Promise<readonly Section[]> {
  const guide = asked.get(language) ?? guides[language]();
  asked.set(language, guide);
  return guide;
}
