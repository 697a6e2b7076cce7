/** security.txt (RFC 9116): where to report a security problem, for people and programs that look for it. Pure. */
import { days, formatDay, plus, type Instant } from '../lib/time.ts';
import { PUBLIC } from '../web/paths.ts';

export interface SecurityTxt {
  /** `mailto:` or `https:`. */
  readonly contact: string;
  /** BCP 47 tag of the document; `null` where it names none. */
  readonly language: string | null;
  /** `https:` address of the folder; `null` where nobody said. */
  readonly url: string | null;
  readonly now: Instant;
}

/** §2.5.5 recommends less than a year. Whole days, so that two runs of one day agree. */
const VALID_DAYS = 364;

/**
 * Lines end with LF (§4, "eol"). `Policy` and `Canonical` need an absolute `https:` address (§2.5.7, §2.5.2), so they are there only
 * where the address of the folder is known.
 */
export function securityTxt({ contact, language, url, now }: SecurityTxt): string {
  const lines = [
    `Contact: ${contact}`,
    `Expires: ${formatDay(plus(now, days(VALID_DAYS)))}T00:00:00Z`,
    ...(language === null ? [] : [`Preferred-Languages: ${language}`]),
    ...(url === null ? [] : [`Policy: ${url}`, `Canonical: ${hostOf(url)}/${PUBLIC.securityTxt}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** §3: the file is looked for at the root of the host, wherever the page itself stands. */
const hostOf = (url: string): string => /^https:\/\/[^/]+/.exec(url)?.[0] ?? url;
