import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { childOf, childrenOf, MAX_XML_DEPTH, MAX_XML_ELEMENTS, parseXml, textIn } from './xml.ts';

const issueOf = (text: string): string => {
  const read = parseXml(text);
  assert.ok(!read.ok, 'it was read');
  return `${read.error.line}:${read.error.column} ${read.error.message}`;
};

describe('reading XML', () => {
  it('gives elements without their prefixes, with their text, CDATA, attributes and line', () => {
    const read = parseXml(
      '\ufeff<?xml version="1.0"?>\n<!-- a -->\n<x:bom xmlns:x="http://cyclonedx.org/schema/bom/1.4" version="1">\n' +
        '  <x:name kind="a&amp;b"> one <![CDATA[<two>]]> &lt;three&gt; </x:name>\n  <x:name/>\n</x:bom>',
    );
    assert.ok(read.ok);
    const { value: bom } = read;
    assert.deepEqual(
      [bom.name, bom.namespace, bom.attributes.get('version'), bom.line],
      ['bom', 'http://cyclonedx.org/schema/bom/1.4', '1', 3],
    );
    assert.equal(textIn(bom, 'name'), 'one <two> <three>');
    assert.equal(childOf(bom, 'name')?.attributes.get('kind'), 'a&b');
    assert.equal(childrenOf(bom, 'name').length, 2);
    assert.equal(textIn(bom, 'missing'), '');
  });

  it('names line and column of the first mistake', () => {
    assert.match(issueOf('<a>\n  <b></a>'), /^2:\d+ unexpected close tag/i);
    assert.match(issueOf('<a>\n'), /^2:\d+ unclosed tag: a/i);
    for (const cut of ['<?xml', '<?xml ', '<?xml v', '<?xml version=', '<?xml version="1.0"', '<?xml version="1.0"?'])
      assert.match(issueOf(cut), /XML declaration|root element|unexpected end/i, cut);
    assert.match(issueOf(''), /^\d+:\d+ document must contain a root element/i);
  });

  it('refuses document types that declare entities or name an address, and entities that XML itself does not have', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>';
    assert.match(issueOf(bomb), /document type/);
    assert.match(issueOf('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'), /document type/);
    assert.match(issueOf('<!DOCTYPE a PUBLIC "-//A" "http://127.0.0.1/a.dtd"><a/>'), /document type/);
    assert.match(issueOf('<a>&b;</a>'), /entity/i);
    assert.ok(parseXml('<!DOCTYPE a><a/>').ok);
  });

  it('bounds depth and the number of elements', () => {
    assert.ok(parseXml('<a>'.repeat(MAX_XML_DEPTH) + '</a>'.repeat(MAX_XML_DEPTH)).ok);
    assert.match(issueOf('<a>'.repeat(MAX_XML_DEPTH + 1) + '</a>'.repeat(MAX_XML_DEPTH + 1)), /nested deeper than 100/);
    assert.match(issueOf('<a>'.repeat(100_000)), /nested deeper than 100/);
    assert.match(issueOf(`<a>${'<b/>'.repeat(MAX_XML_ELEMENTS)}</a>`), /more than 1,000,000 elements/);
  });
});
