/** How an entry is proven, in steps that a lay reader can follow. The page around them is log-entry.page.tsx. */
import type { Child } from 'hono/jsx';
import { hex } from '../lib/bytes.ts';
import { count, number } from '../lib/text.ts';
import { Evidence, Moment } from '../web/components.tsx';
import type { EntryProof, EntryView } from './log-entry.actions.ts';
import { hashLeaf, type Hash, type Step, wayToRoot } from './merkle.ts';

export const ProofStep = ({
  no,
  title,
  children,
}: {
  readonly no: number;
  readonly title: string;
  readonly children?: Child;
}) => (
  <section class="proof-step" aria-labelledby={`s${no}`}>
    <span class="no" aria-hidden="true">
      {no}
    </span>
    <div>
      <h2 id={`s${no}`}>{title}</h2>
      {children}
    </div>
  </section>
);

export const Prose = ({ children }: { readonly children?: Child }) => (
  <div class="prose">
    <p>{children}</p>
  </div>
);

type ProvenProof = Extract<EntryProof, { kind: 'proven' }>;

export const Proven = ({
  view,
  proof,
  zone,
}: {
  readonly view: EntryView;
  readonly proof: ProvenProof;
  readonly zone: string;
}) => {
  const { index, bytes } = view;
  const { size } = proof.published.checkpoint;
  const leafHash = hashLeaf(bytes);
  const steps = wayToRoot({ leafHash, index, size, proof: proof.proof }) ?? [];
  return (
    <>
      <ProofStep no={2} title="Its fingerprint">
        <Prose>
          SHA-256 turns the bytes, behind a zero byte, into a number of fixed length. Change one letter and the number
          is a different one. Nobody knows a way to find other bytes with the same number.
        </Prose>
        <Digest hash={leafHash} />
      </ProofStep>
      <ProofStep no={3} title={wayTitle(steps.length)}>
        <Prose>
          {steps.length === 0
            ? 'The signed log has this one entry, so its fingerprint is the root.'
            : `All ${number(size)} fingerprints are joined in pairs, and the pairs again, up to a single one: the root. To show that this entry is part of it, ${count(steps.length, 'neighbour')} suffice. Anyone can redo the sum.`}
        </Prose>
        {steps.length === 0 ? null : <Tree index={index} leafHash={leafHash} steps={steps} />}
        <Neighbours steps={steps} />
      </ProofStep>
      <SignedRoot proof={proof} zone={zone} />
      <CheckYourself index={index} vkey={proof.published.vkey} />
    </>
  );
};

const wayTitle = (steps: number): string =>
  steps === 0 ? 'The entry is the root' : `From the entry to the root: ${count(steps, 'step')}`;

const Digest = ({ hash }: { readonly hash: Hash }) => {
  const text = hex(hash);
  return (
    <p class="digest">
      <b>{text.slice(0, 8)}</b>
      {text.slice(8)}
    </p>
  );
};

const short = (hash: Hash): string => `${hex(hash).slice(0, 16)}…`;

/** The first two steps and the root; between them stand as many as there are. Ours is left or right as it is in the tree. */
const Tree = ({
  index,
  leafHash,
  steps,
}: {
  readonly index: number;
  readonly leafHash: Hash;
  readonly steps: readonly Step[];
}) => {
  const shown = steps.slice(0, steps.length === 3 ? 3 : 2);
  const root = steps.at(-1)?.joined ?? leafHash;
  const more = steps.length - shown.length;
  const levels = shown.length + 1 + (more > 0 ? 1 : 0);
  const top = (level: number): number => 20 + (levels - 1 - level) * 62;
  const height = top(0) + 44;
  return (
    <figure>
      <svg
        class="tree"
        viewBox={`0 0 400 ${height}`}
        role="img"
        aria-label={`The fingerprint of entry ${number(index)} is joined with a neighbour at each of ${steps.length} levels until the root of the checkpoint is reached`}
      >
        {shown.map(({ side }, level) => (
          <Level y={top(level)} up={top(level + 1)} to={ownX(shown[level + 1]?.side)} side={side} isMe={level === 0} />
        ))}
        {more > 0 ? (
          <>
            <path class="way" d={`M74 ${top(shown.length)}V${top(shown.length + 1) + 26}`} />
            <rect class="n" x="46" y={top(shown.length)} width="56" height="26" rx="4" />
          </>
        ) : null}
        <rect class="root" x="46" y={top(levels - 1)} width="56" height="26" rx="4" />
        <Label y={top(levels - 1)} strong="the root, signed" text={short(root)} />
        {more > 0 ? (
          <Label y={top(shown.length)} text={short(shown.at(-1)?.joined ?? root)} plain={`and so on, ${more} more`} />
        ) : null}
        {shown.map(({ neighbour, side }, level) => (
          <Label
            y={top(level)}
            {...(level === 0
              ? { strong: `entry ${number(index)}: ${hex(leafHash).slice(0, 8)}…` }
              : { plain: short(shown[level - 1]?.joined ?? root) })}
            text={`${side} neighbour ${hex(neighbour).slice(0, 8)}…`}
          />
        ))}
      </svg>
    </figure>
  );
};

interface LevelProps {
  readonly y: number;
  readonly up: number;
  /** Where the box that the two are joined in stands. */
  readonly to: number;
  readonly side: 'left' | 'right';
  readonly isMe: boolean;
}

/** Our box: right of a left neighbour, left of a right one, and in the middle where it has none. */
const ownX = (side: 'left' | 'right' | undefined): number => (side === undefined ? 46 : side === 'left' ? 92 : 0);

const Level = ({ y, up, to, side, isMe }: LevelProps) => {
  const neighbour = side === 'left' ? 0 : 92;
  const own = ownX(side);
  const end = to + 28;
  return (
    <>
      <path class="edge" d={`M${neighbour + 28} ${y}C${neighbour + 28} ${y - 18} ${end} ${y - 18} ${end} ${up + 26}`} />
      <path class="way" d={`M${own + 28} ${y}C${own + 28} ${y - 18} ${end} ${y - 18} ${end} ${up + 26}`} />
      <rect class={isMe ? 'me' : 'n'} x={own} y={y} width="56" height="26" rx="4" />
      <rect class="sib" x={neighbour} y={y} width="56" height="26" rx="4" />
    </>
  );
};

interface LabelProps {
  readonly y: number;
  readonly strong?: string;
  readonly plain?: string;
  readonly text: string;
}

const Label = ({ y, strong, plain, text }: LabelProps) => (
  <>
    <text class={strong === undefined ? undefined : 'strong'} x="166" y={y + 10}>
      {strong ?? plain ?? ''}
    </text>
    <text x="166" y={y + 26}>
      {text}
    </text>
  </>
);

const Neighbours = ({ steps }: { readonly steps: readonly Step[] }) =>
  steps.length === 0 ? null : (
    <details>
      <summary class="more">
        {steps.length === 1 ? 'The neighbour' : `All ${steps.length} neighbours`}, from the entry upwards
      </summary>
      <pre class="code plain" tabindex={0} role="region" aria-label="Inclusion proof">
        {steps.map(({ neighbour, side }) => `${side.padEnd(5)} ${hex(neighbour)}`).join('\n')}
      </pre>
    </details>
  );

const SignedRoot = ({ proof: { published }, zone }: { readonly proof: ProvenProof; readonly zone: string }) => {
  const { checkpoint, signedAt, vkey } = published;
  return (
    <ProofStep no={4} title="The root was signed">
      <Prose>
        Each minute in which the log grew we sign the root. Once others hold a signed root, we cannot go back and
        rewrite what lies under it without being found out: so keep one, or look who does.
      </Prose>
      <Evidence
        id="checkpoint"
        head={
          <>
            <b>Checkpoint</b>
            <span class="finer">
              <Moment at={signedAt} zone={zone} />
            </span>
          </>
        }
        rows={[
          { name: 'origin', values: [checkpoint.origin] },
          { name: 'size', values: [number(checkpoint.size)] },
          { name: 'root', values: [hex(checkpoint.root)] },
          { name: 'key', values: [vkey] },
        ]}
        foot={<a href="/.well-known/holdfast/checkpoint">As a signed note</a>}
      />
    </ProofStep>
  );
};

const CheckYourself = ({ index, vkey }: { readonly index: number; readonly vkey: string }) => (
  <ProofStep no={5} title="Check it yourself">
    <Prose>
      Two files, no installation, no network. Any Node.js from 18.3 on will do. Compare the key with the one that you
      got on another way than from this page.
    </Prose>
    <p>
      <code class="cmdline">
        node verify.mjs entry-{index}.proof.json --vkey '{vkey}'
      </code>
    </p>
    <div class="actions">
      <a class="btn primary" href={`/log/entries/${index}/proof.json`} download={`entry-${index}.proof.json`}>
        Download this proof
      </a>
      <a class="btn" href="/log/verify.mjs" download="verify.mjs">
        Download verify.mjs
      </a>
    </div>
  </ProofStep>
);
