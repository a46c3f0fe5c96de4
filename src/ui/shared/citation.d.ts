/** What a Citation File Format file names, read by the build: the work first, then its references. */
declare module '*?citation' {
  interface Citation {
    readonly title: string;
    /** An entry for a bibliography. */
    readonly bibtex: string;
    /** Authors, title and where it stands, as one sentence. */
    readonly line: string;
  }
  const works: readonly [Citation, ...Citation[]];
  export default works;
}
