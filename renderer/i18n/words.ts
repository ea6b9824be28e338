// The types behind the catalogues: English is the original, every other language must have exactly its keys.

/** A catalogue with the same keys as the original, any text. */
export type SameKeys<Original> = {
  readonly [Key in keyof Original]: Original[Key] extends string ? string : SameKeys<Original[Key]>;
};

/** `section.word` for every text; plural forms (`files_one`, `files_other`) are asked for without their ending. */
export type WordKey<Catalogue, Prefix extends string = ''> = {
  [Key in keyof Catalogue & string]: Catalogue[Key] extends string
    ? `${Prefix}${WithoutPlural<Key>}`
    : WordKey<Catalogue[Key], `${Prefix}${Key}.`>;
}[keyof Catalogue & string];

type WithoutPlural<Key extends string> = Key extends `${infer Base}_one`
  ? Base
  : Key extends `${infer Base}_other`
    ? Base
    : Key;

export type WordValues = Readonly<Record<string, string | number>>;

/** What an error says: what happened, and what to do. */
export interface ErrorWords {
  message: string;
  fix: string;
}
