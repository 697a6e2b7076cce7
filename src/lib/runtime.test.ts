import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runtimeWarning } from './runtime.ts';

it('names the security release that the running Node does not have, and is silent from there on', () => {
  assert.match(runtimeWarning('v26.10.0') ?? '', /v26\.10\.0.*26\.12\.1/);
  assert.match(runtimeWarning('v26.12.0') ?? '', /26\.12\.1/);
  for (const safe of ['v26.12.1', 'v26.12.2', 'v26.13.0', 'v27.0.0']) assert.equal(runtimeWarning(safe), null);
});
