// The languages of the window and how one is chosen: the setting, else what the browser prefers, else English.
export const languages = ['en', 'zh-CN'] as const;
export type Language = (typeof languages)[number];

/** The language for a list of preferences such as navigator.languages. */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const lower = tag.toLowerCase();
    if (lower.startsWith('zh')) return 'zh-CN';
    if (lower.startsWith('en')) return 'en';
  }
  return 'en';
}
