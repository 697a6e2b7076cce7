import assert from 'node:assert/strict';
import { it } from 'node:test';
import { argon2id, RECOVERY_COST } from './argon2id.ts';

const repeated = (byte: number, times: number): Uint8Array => new Uint8Array(times).fill(byte);

it('Argon2id gives the tag of RFC 9106 §5.3', async () => {
  const tag = await argon2id(
    { password: repeated(1, 32), salt: repeated(2, 16), secret: repeated(3, 8), associated: repeated(4, 12) },
    { memoryKiB: 32, passes: 3, lanes: 4 },
  );
  assert.equal(Buffer.from(tag).toString('hex'), '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
});

it('recovery costs what RFC 9106 §4 recommends second: 64 MiB, 3 passes, 4 lanes', () => {
  assert.deepEqual(RECOVERY_COST, { memoryKiB: 64 * 1024, passes: 3, lanes: 4 });
});
