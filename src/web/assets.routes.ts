/** Files that every page of the service uses, held in memory and named by their content, so that browsers ask once for each version. */
import { sha256 } from '../lib/hash.ts';
import { readOwnFile } from '../platform/package-root.ts';
import { ASSETS } from './paths.ts';
import { publicRoute, type Route } from './route.ts';

export function assetRoutes(): readonly Route[] {
  const style = readOwnFile('src/web/style.css', 'dist/style.css');
  return [
    fileRoute(ASSETS.style, 'text/css; charset=utf-8', style),
    ...[ASSETS.passkey, ASSETS.codes].map((path) => fileRoute(path, 'text/javascript; charset=utf-8', script(path))),
  ];
}

/** Scripts are TypeScript until they are built, so also in development they come from dist/. */
const script = (path: string): string => readOwnFile(`dist${path}`, `dist${path}`);

/** The address stays and the content may change with the next version: browsers ask again, and hear that nothing did. */
function fileRoute(path: string, type: string, text: string): Route {
  const etag = `"${sha256(text).slice(0, 32)}"`;
  const headers = { 'content-type': type, etag, 'cache-control': 'public, max-age=300' };
  return publicRoute('GET', path, (c) =>
    c.req.header('if-none-match') === etag
      ? new Response(null, { status: 304, headers: { etag } })
      : new Response(text, { headers }),
  );
}
