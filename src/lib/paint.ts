/** Colour as an argument: texts for people are pure, and whether a stream wants colour is known only at its edge. */
export type PaintStyle = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'underline';

/** Returns `text` in that style, or as it is where the stream takes no colour. Never the only carrier of a meaning. */
export type Paint = (style: PaintStyle, text: string) => string;
