/** Who is at the other end, through the proxies that the settings declare. Pure. */

export interface Connection {
  /** Of the machine that connected; `null` when the connection is gone. */
  readonly peer: string | null;
  readonly forwardedFor: string | null;
  readonly forwardedProto: string | null;
}

export interface Client {
  /** `null`: not known. Used to slow down, never stored. */
  readonly address: string | null;
  /** What a declared proxy says about the client's own connection; `null` where none is between. */
  readonly proto: string | null;
}

/** Longer lists were not written by proxies. */
const MOST_HOPS = 20;

/**
 * The address that the outermost declared proxy saw: read from the right, because everything to the left of it may have been written by the
 * client itself.
 *
 * @param trusts Whether an address is a declared proxy; `null` where none is declared: then no header is believed.
 */
export function clientOf(
  { peer, forwardedFor, forwardedProto }: Connection,
  trusts: ((address: string) => boolean) | null,
): Client {
  if (peer === null || trusts === null || !trusts(peer)) return { address: peer, proto: null };
  const hops = (forwardedFor ?? '').split(',', MOST_HOPS + 1).map((hop) => hop.trim());
  const proto = forwardedProto?.split(',').at(-1)?.trim().toLowerCase() ?? null;
  if (hops.length > MOST_HOPS) return { address: peer, proto };
  const outer = hops.findLast((hop) => hop !== '' && !trusts(hop)) ?? hops.find((hop) => hop !== '') ?? peer;
  return { address: outer, proto };
}
