// Tags as one types them: words with commas between them. Pure.

/** Of one ENV, and the longest of them: as the contract has it. */
export const TAGS_MAX = 32;
const LONGEST = 64;

/** Each once, in the order in which they were typed. */
export function tagsIn(text: string): string[] {
  const typed = text.split(/[,，、]/).map((tag) => tag.trim());
  return [...new Set(typed.filter(Boolean))];
}

/** `tags` with those that were typed; null when one is too long, or there are too many. */
export function addedTags(tags: readonly string[], text: string): string[] | null {
  const all = [...new Set([...tags, ...tagsIn(text)])];
  return all.length <= TAGS_MAX && all.every((tag) => tag.length <= LONGEST) ? all : null;
}
