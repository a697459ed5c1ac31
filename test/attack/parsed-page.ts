/** A page as a browser has parsed it. */
export type ParsedPage = {
  /** Its elements within each other, with the names of their attributes; what is in a text's markup is left out. */
  readonly outline: string;
  /** The same with what is in a text's markup. */
  readonly wholeOutline: string;
  /** Texts and values of attributes, those of scripts left out. */
  readonly words: readonly string[];
  /** `tag` and `tag[attribute]`, each once. */
  readonly names: readonly string[];
  /** Those that could run a script, as far as they are shown. */
  readonly harmful: readonly string[];
  /** The text of each script of data, and whether any element or text follows it. */
  readonly islands: readonly { readonly text: string; readonly isFollowed: boolean }[];
};
