/**
 * Code that makes code, read by a person: files of widely used packages that cannot load or run what the program does not hand them.
 *
 * Without them nearly every program of npm is one big unknown, because `depd` makes its wrappers with `Function` in every Express. A file is
 * known by the SHA-256 of its text, as the registry has it: a version that nobody read, or one that was changed, gets no benefit of
 * the doubt. The argument says why no module can come of it; what its functions do with the values that they get is the flow's business.
 *
 * Where the text is known but for names that make no difference, the flow reads in its place what it makes, written out (`writtenOut`).
 */
import type { CodeConstruct, CodeSite } from './code-sites.ts';

interface Reviewed {
  readonly package: string;
  readonly why: string;
  readonly constructs: readonly CodeConstruct[];
  /** Names go into the text that are checked for nothing but being names: it is as read where no text of the program is a program (`holdsCode`). */
  readonly takesNames?: true;
  /**
   * For constructs whose text is the same in all these versions: the expression that gives what the made code gives, and calls what
   * is called to put the text together. It is left out where it is longer than what it stands in for.
   */
  readonly gives?: Readonly<Partial<Record<CodeConstruct, string>>>;
  /** Versions, and the digest of the file in them. */
  readonly files: readonly (readonly [string, string])[];
}

const REVIEWED: readonly Reviewed[] = [
  {
    package: 'depd',
    why: 'The text is a fixed template around argument names that it makes itself (arg0, arg1, …).',
    constructs: ['eval', 'function'],
    // The wrapper calls the function with whatever it is called with itself, so for the flow it is the function.
    gives: {
      eval: '(log.call(deprecate,message,site),fn)',
      function: '(function(fn,log,deprecate,message,site){log.call(deprecate,message,site);return fn})',
    },
    files: [
      ['1.0.1', '72ef058e4d1e575f18921b21f9c78a2e5860772c25cb931da518fd5f02a3a4b9'],
      ['1.1.0', '432ad340b0086573d3e0fecf3643946a38097cf6a02d9b36b5fec278c3c122ae'],
      ['1.1.1', 'ddd58904ac9a22618dde870eb6aeee95071815f69dba8c2d2233ab29b4742dfa'],
      ['1.1.2', '244dbbca14b8aa9c9b6be04912283ab704b92f11dcb9b23beb2ba81402fecc99'],
      ['2.0.0', '4d587a5662e20a7bb9bfe6555afe5987e1b80303a819b447394f37a93297ee91'],
    ],
  },
  {
    package: 'depd',
    why: 'The text is a fixed template around argument names that it makes itself (arg0, arg1, …).',
    constructs: ['eval', 'function'],
    files: [
      ['0.1.0', '468a238a8c5d88e94d12f32a93b2f35d920cfa9a0ee93ac5e94112fe1d100572'],
      ['0.2.0', '0475dfe50379253e68ecc5ecde9afb249e5adc22488332356985b30f1ba3d0ce'],
      ['0.3.0', '5943cb58fbcb6d55c711390b164b7387020412b2ece04fa0346b3517950f0081'],
      ['0.4.0', 'a61802396d507048b57c6bcb45dc777b963c1b36baee33bcc75dbc43cc027193'],
      ['0.4.1', '2f121fbe80de4bbf1e9fa8b5adbc7d74b3d13cf97d0796d0aa195133531141ba'],
      ['0.4.2', 'c4b349b8dcc5fa63ed35c970f1a42d6a91c2643de3a5e17c49984f6148c9c9f9'],
      ['0.4.3', '970b938d48e08ab297568de1f881da28edb7a36e00e93c832c420b2b79041c63'],
      ['0.4.4', 'bb2e73ce2b0c82309a008e439fb39f30c43f290874ba5e18231b20caf733ea3c'],
      ['0.4.5, 1.0.0', '70adeb01ba230d56f6a3922d4154307c4b8e57f267eef6a210b786a9bfe51eb4'],
    ],
  },
  {
    package: 'function-bind',
    why: 'The text is a fixed template around parameter names that it makes itself ($0, $1, …).',
    constructs: ['function'],
    gives: {
      function: "(joiny(boundArgs,','),function(binder){return function(){return binder.apply(this,arguments)}})",
    },
    files: [['1.1.2', '5c52eb40601e0716dafff9759cf28d8d4af3e2fc2e2c96384f43dbfd0f7370b5']],
  },
  {
    package: 'function-bind',
    why: 'The text is a fixed template around parameter names that it makes itself ($0, $1, …).',
    constructs: ['function'],
    files: [
      ['0.1.0', '4bac49a1479f2f31dfed60b70766c2b5aaa416801f16ec253ec130990cdc4406'],
      ['1.0.0', '6b57578b60e064787efbf183dc327a387feb434180fd5702e72419b5b80daf7f'],
      ['1.0.2', '8769ceb4ee8d3277e7adb8c517cb4086f6f76609b8c05d721024748e81c01111'],
      ['1.1.0', 'a69103ac6ed0ce642264ed6c2895fea8de0313dcf96a4c0b2c326ef847d5fbfd'],
      ['1.1.0', 'bf779cdc89d273a73c00f910ce838db60161ccf3bf27007023fef867b4a3595c'],
      ['1.1.1', '8752a57f05844ec002c9b603529b65b35070169448adaba681150f7c97f7689d'],
      ['1.1.1, 1.1.2', '12fa1b92429db25599f6fe118cbbb877f7f62b83cb9bfe2fc896b2d6a8110647'],
    ],
  },
  {
    package: 'get-intrinsic',
    why: 'Function makes one fixed text: whether a syntax exists. eval and Function stand in the table of intrinsics; neither is called with a text from outside.',
    constructs: ['function', 'indirect-eval'],
    files: [
      ['1.0.0, 1.0.1', '1fbb49de8053c8d315c1a864b73809f26b16e79003a7d7c09795cccf40cbde55'],
      ['1.0.2', 'ef7a5511303b84c77fa07b8eb990abfc0df04e4ce1ee145dc27ef44cb266f62e'],
      ['1.1.0', 'ae25353dbddd178805fec6432c0bc5d1293a1afa7f4601a6e6dc11188a30144c'],
      ['1.1.1', '63b6a5160a1375d017d8c3607df19aac1ba97f8e8b198c3ea91f1295ba67da6c'],
      ['1.1.2', '81f6e78debe5717fd24c7fdf20be3a3d1228d3d65fd282ca567243950e3ff6f4'],
      ['1.1.3', 'a1e70fafe58a4896ce922314c98f14d2eaed3ad90a89f86ccd07709c2781f935'],
      ['1.2.0', 'aff2bfa0e5850d40ac5c4843ac19c1b9c53f790f52c83418a40fffe7b9bfdcfa'],
      ['1.2.1', '6e4aa8d3d8ab54eb510497272f7ac0ae4295778f2588bc2b7800bc1ece44e924'],
      ['1.2.2', '98f79157d3a3473a131b01313588896db48bf1aecf5665ec69ea582accb28ee5'],
      ['1.2.3', '007f6fb7be2ea12cc54d697d5fb4eb673222002356e2b6fd3ad29409db516e0b'],
      ['1.2.4', '5d72ddb504858c1109fa106ffa9be744ea99e75f9255f9ff28851562c5eb7031'],
      ['1.2.5', '5246989f7daffd350b418a18eac63f07e8da6036164cc726945581d7feb39c26'],
      ['1.2.6', 'bc749053c55eecdbc0c98e1d9daff77810f66d5fe1bde34a07dde7de6904d2c8'],
      ['1.2.7', 'b077bccd97db149f2f717892d379e44a8d821880108605c3adc669692f65f120'],
      ['1.3.0', 'c3bc7278af37cede0da2db32724fa0b89a07c44205c44c4f5db0e4d8d497d49c'],
      ['1.3.1', '9d7ffea461b855b2425a1bc0c15058ebc8c6af545f7fec4afbe062fa38c0fd47'],
    ],
  },
  {
    package: 'generator-function',
    why: 'The text is fixed: it asks for the constructor of generators.',
    constructs: ['function'],
    files: [
      ['2.0.1, index.js', '7902fa3a4c4b078308905cd66362f28ae7b34a2915d7193908d2a02880163147'],
      ['2.0.0, 2.0.1', '7feea87f326a3a14691981dbfe377a9fda97d057e1ef3a4abd6e6b41c09ce74f'],
    ],
  },
  {
    package: 'async-function',
    why: 'The text is fixed: it asks for the constructor of async functions.',
    constructs: ['function'],
    files: [
      ['1.0.0, index.js', '8167d703cbd274159fa63ea8609000abc3bf9c2cfeafddde0a880047bc5403db'],
      ['1.0.0, legacy.js', '7a66a715f450bff7c92c9aff5ed08f6c69e1466fc9efba30ebc364e9e8325c14'],
    ],
  },
  {
    package: 'async-generator-function',
    why: 'The text is fixed: it asks for the constructor of async generators.',
    constructs: ['function'],
    files: [
      ['1.0.0, index.js', '4d9606f7ca628dc32f18c47dcbcad74f58bb3f6969ebc8eaaa7f000bdd1be42e'],
      ['1.0.0, legacy.js', '6e828b562a89e72358b08f46dd2abacda925cbe14de8eca0353ee0af51f64b43'],
    ],
  },
  {
    package: 'morgan',
    why: 'The format is written into the text by JSON.stringify, and so are the names and arguments that it has: whatever it is, it stays a text literal. Before 1.9.1 it was not.',
    constructs: ['function'],
    gives: { function: '((a,b,c)=>a[js](b,c,js))' },
    files: [
      ['1.9.1', 'feb2a66363482ff20b5be0851420803214ec479d2d804c87a347f0d7174397c5'],
      ['1.10.0, 1.10.1', '7989f73aab12256a2460b7e059d1647f37927159fb3e1429e911b1f0a550840a'],
    ],
  },
  {
    package: 'bluebird',
    why: 'js/release/join.js (js/main/join.js in 2.x): fixed templates, with numbers from 1 to 8 in them.',
    constructs: ['function'],
    files: [
      ['2.9.34, 2.11.0', '48e3fcc785b318d8c3e2db77f197b514534de762d08011e0ccf0dc2e79d40318'],
      ['3.3.5, 3.4.1', '403d3dfcafb71df259cc75368444e621ab0f2cef85bca81a2d830a6941013acb'],
      ['3.4.6 to 3.5.5', '5c8d8471fae72125818ed54c4b6c2f59999f998804210587b92c0239cf1dd291'],
      ['3.7.0 to 3.7.2', '4052ccd7ee41d565b3a8944f5f95f0f473c866e649a981804c1cb7f3055b4980'],
    ],
  },
  {
    package: 'bluebird',
    why: 'js/release/call_get.js: fixed templates around the name of a property, which is looked at for being an identifier.',
    constructs: ['function'],
    takesNames: true,
    files: [
      ['2.9.34, 2.11.0', 'be209c30c9fc073f120a82a386a5851f55f26b8db86d81f887c6a4315b221f20'],
      ['3.3.5 to 3.7.2', '4235f9f702503faf32903d2fa0d454279ab01c27497e4d7469720e33df6990a9'],
    ],
  },
  {
    package: 'bluebird',
    why: 'js/release/promisify.js: a fixed template around parameter names that it makes itself (_arg0, _arg1, …), a yes or no, and the name of a method of the object that is promisified.',
    constructs: ['function'],
    takesNames: true,
    files: [
      ['2.9.34', 'cd6711f849b2e988f2d12a10eacd6fffe01e3a2678dafc91946e87ff712cc88f'],
      ['2.11.0', '53fe6e069a7e85a2c6534af64660d1bb91605ffd74c732a6e45842fc777984e6'],
      ['3.3.5 to 3.7.2', '26e51d82eb41aaaafef54ca34b350bd00a4e2bd6648417371386e7bc0614895e'],
    ],
  },
];

const BY_HASH: ReadonlyMap<string, Reviewed> = new Map(
  REVIEWED.flatMap((reviewed) => reviewed.files.map(([, hash]) => [hash, reviewed] as const)),
);

/** @param hash SHA-256 of the text of the file that the site is in. */
export const isReviewed = (code: CodeSite, hash: string): boolean =>
  BY_HASH.get(hash)?.constructs.includes(code.construct) === true;

/** Of code that is reviewed: only as long as no text of the program is a program. */
export const takesNames = (hash: string): boolean => BY_HASH.get(hash)?.takesNames === true;

/**
 * The text of a file with what its code makes in the place of what makes it. Everything else keeps its offset and its line, because sites and
 * functions are known by them.
 */
export function writtenOut(text: string, codes: readonly CodeSite[], hash: string): string {
  const gives = BY_HASH.get(hash)?.gives;
  if (gives === undefined) return text;
  let written = text;
  for (const { construct, start, end, isHarmless } of codes) {
    const instead = gives[construct];
    const made = text.slice(start, end);
    if (instead === undefined || isHarmless || instead.length > made.length) continue;
    const rest = made.slice(instead.length).replaceAll(/[^\n]/g, ' ');
    const lines = made.split('\n').length - rest.split('\n').length;
    // Line ends that the expression covers are made up for behind it.
    written = `${written.slice(0, start)}${instead}${'\n'.repeat(lines)}${rest.slice(lines)}${written.slice(end)}`;
  }
  return written;
}
