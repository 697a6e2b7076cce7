/** One line per field in the notice-fields-*.ts files. */
import type { Circumstance, Need, NoticeField } from './notice.ts';

interface Extra {
  readonly ref?: string;
  readonly when?: Circumstance;
  readonly maxLength?: number | null;
}

export const field = (key: string, need: Need, en: string, de: string, extra: Extra = {}): NoticeField => ({
  key,
  need,
  label: { en, de },
  ref: extra.ref ?? null,
  when: extra.when ?? null,
  maxLength: extra.maxLength ?? null,
});
