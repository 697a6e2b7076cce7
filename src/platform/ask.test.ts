import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { askSecretly, askThrough, askUnseen, openAsker, type Asker } from './ask.ts';

function conversation(): { readonly input: PassThrough; readonly shown: () => string; readonly asker: Asker } {
  const input = new PassThrough();
  const output = new PassThrough();
  const chunks: string[] = [];
  output.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const asker = askThrough(input, output, () => assert.fail('interrupted'));
  return { input, asker, shown: () => chunks.join('') };
}

describe('asking', () => {
  it('shows the question and gives back the line that follows', async () => {
    const { input, asker, shown } = conversation();
    const answer = asker.ask('Name: ');
    input.write('Beispiel\n');
    assert.equal(await answer, 'Beispiel');
    assert.equal(shown(), 'Name: ');
    asker.close();
  });

  it('keeps lines that were pasted before their question', async () => {
    const { input, asker } = conversation();
    const first = asker.ask('1: ');
    input.write('a\nb\n');
    assert.equal(await first, 'a');
    assert.equal(await asker.ask('2: '), 'b');
    asker.close();
  });

  it('says that nobody answers any more when the input ends', async () => {
    const { input, asker, shown } = conversation();
    const first = asker.ask('1: ');
    input.end();
    assert.equal(await first, null);
    assert.equal(shown(), '1: \n');
    assert.equal(await asker.ask('2: '), null);
  });

  it('asks nobody where the questions would go into a file', () => {
    assert.equal(openAsker({ errIsTty: false }), null);
  });

  it('shows nothing of an answer that is for nobody else', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const answer = askUnseen(input, output, 'Passphrase: ', () => assert.fail('interrupted'));
    input.write('correct horse battery\n');
    assert.equal(await answer, 'correct horse battery');
    output.end();
    assert.equal((await output.toArray()).join(''), 'Passphrase: \n');
  });

  it('takes the end of the input for no answer', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const answer = askUnseen(input, output, 'Passphrase: ', () => assert.fail('interrupted'));
    input.end();
    assert.equal(await answer, null);
  });

  it('asks nobody for a secret where nobody can answer', async () => {
    assert.equal(await askSecretly({ errIsTty: false }, 'Passphrase: '), undefined);
  });
});
