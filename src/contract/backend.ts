/** Where a model computes, and how it was chosen. */

/** Where the tensors live and who computes them. */
export type BackendName = 'webgpu' | 'wasm';

/** `auto` takes the one that a short measurement found faster. */
export type BackendChoice = 'auto' | BackendName;

/** What the start-up measurement found for one backend. */
export type BackendTrial =
  /** `ms` is the time of one short prefill and one decode step of the loaded model, after warm-up. */
  | { readonly kind: 'measured'; readonly ms: number }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string };

export interface AdapterStatus {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** The "GPU" is the CPU (SwiftShader, llvmpipe, WARP). */
  readonly software: boolean;
  readonly features: readonly string[];
}

export interface BackendStatus {
  readonly name: BackendName;
  readonly choice: BackendChoice;
  /** One sentence for a person: why this backend. */
  readonly reason: string;
  readonly trials: Readonly<Record<BackendName, BackendTrial>>;
  readonly adapter: AdapterStatus | null;
  /** Threads of the WebAssembly backend; 1 where the page is not cross-origin isolated. */
  readonly threads: number;
  /** Whether divergences of logits in memory are computed in WebAssembly SIMD; else one entry at a time, many times slower. */
  readonly simd: boolean;
}
