// The language of whoever runs `tt`: for what is shown in it, which is the report of a matrix and what is said about images.

export type Language = 'en' | 'zh-CN';

/** Of whoever runs `tt`, as POSIX tells it. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = environment;
  const locale = [LC_ALL, LC_MESSAGES, LANG].find((name) => name !== undefined && name !== '') ?? '';
  return /^zh(_|-|\.|$)/i.test(locale) ? 'zh-CN' : 'en';
}
