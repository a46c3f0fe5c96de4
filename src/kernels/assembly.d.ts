/** An AssemblyScript program as WebAssembly, compiled by the build. */
declare module '*?assembly' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
