/** A page of its own as one script and one style sheet, built by the build for files that leave it. */
declare module '*?embedded' {
  const program: {
    /** Without a tag that would end its element. */
    readonly script: string;
    readonly style: string;
    /** Sources for a Content-Security-Policy: 'sha256-…', of exactly these texts. */
    readonly scriptHash: string;
    readonly styleHash: string;
    /** Texts of the licences of what the script carries. */
    readonly licences: string;
  };
  export default program;
}
