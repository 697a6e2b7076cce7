/** The shape of a notice's own words. `{key}` in them stands for the content of a field. */
export interface NoticeText {
  readonly subject: string;
  readonly opening: readonly string[];
  readonly closing: readonly string[];
}
