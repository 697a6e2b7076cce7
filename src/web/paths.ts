/**
 * Addresses of the public pages. Relative ones, so that the pages also work from a folder on disk and below any path of a web host.
 *
 * RFC 9116 §3 places security.txt below `/.well-known/`.
 */
export const PUBLIC = {
  policy: 'index.html',
  policyJson: 'policy.json',
  style: 'style.css',
  securityTxt: '.well-known/security.txt',
  checkpoint: '.well-known/holdfast/checkpoint',
  checkpoints: '.well-known/holdfast/checkpoints',
  logKey: '.well-known/holdfast/log.vkey',
  notFound: '404.html',
} as const;

/**
 * The folder's own address as a path, ending with `/`: the page for a missing address is shown at any depth, so it can name its
 * neighbours only from the root of the host.
 *
 * @param url Where the folder will be served; `null` where nobody said: then at the root.
 */
export const basePath = (url: string | null): string => {
  const path = url === null ? '/' : url.replace(/^https?:\/\/[^/]*/i, '');
  return path.endsWith('/') ? path : `${path}/`;
};

/** Files of the service that never change while it runs; absolute, as its pages lie at every depth. */
export const ASSETS = {
  style: '/assets/style.css',
  passkey: '/assets/passkey.js',
  codes: '/assets/recovery-codes.js',
} as const;
