/**
 * Lets Node load `.tsx` from src/, which it does not do by itself: type stripping leaves JSX as it is. For tests and benches, by
 * `node --import ./scripts/tsx-hook.mjs --test …`; the published program is bundled (rolldown.config.js, which has the same JSX settings).
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'rolldown/utils';

const JSX = { runtime: 'automatic', importSource: 'hono/jsx' };

registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.tsx')) return nextLoad(url, context);
    const path = fileURLToPath(url);
    const { code, errors } = transformSync(path, readFileSync(path, 'utf8'), { lang: 'tsx', jsx: JSX });
    if (errors.length > 0) throw new SyntaxError(`${path}: ${errors.map(({ message }) => message).join('; ')}`);
    return { format: 'module', shortCircuit: true, source: code };
  },
});
