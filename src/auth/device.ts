/**
 * What a browser says it is, told coarsely enough to be kept: "Firefox on Linux" lets somebody recognise their own sessions, and is no
 * fingerprint. Versions, models and everything else of the header are dropped, and the header itself is not stored.
 *
 * The order matters: Edge and Opera call themselves Chrome as well, and Chrome calls itself Safari (RFC 9110 §10.1.5 calls for no order).
 */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** Longer than any browser's; the rest is not looked at. */
const MOST_READ = 512;

export function deviceOf(userAgent: string | null): string {
  const text = (userAgent ?? '').slice(0, MOST_READ);
  const nameIn = (list: typeof BROWSERS, otherwise: string): string =>
    list.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise;
  return `${nameIn(BROWSERS, 'Another browser')} on ${nameIn(SYSTEMS, 'another system')}`;
}
