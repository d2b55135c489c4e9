/** What the tests use of edtf.js, which has no types. */
declare module 'edtf' {
  export interface Read {
    readonly type: 'Date' | 'Season' | 'Interval' | 'Year';
    /** The first and the last millisecond (UTC); 0 or an infinite number where an interval is unknown or open. */
    readonly min: number;
    readonly max: number;
  }
  /** @throws where the text is none of the level */
  export default function edtf(text: string, options: { readonly level: 0 | 1 | 2 }): Read;
}
