// The user guide as it was when the window was built. A part of its own: only who opens the help loads it.
import text from '../../docs/user-guide.md?raw';
import { type Section, sectionsOf } from './sections.ts';

/** Without the guide itself, whose heading has nothing below it but those. */
export const guide: readonly Section[] = sectionsOf(text).filter(({ level }) => level > 1);
