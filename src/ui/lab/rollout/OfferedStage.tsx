/** A completion of a file before it is scored: its tokens, parts and teachers, which need no model. */

import { useEngineState } from '../../engine/context.tsx';
import { PlannedTokens } from '../../rollout/PlannedTokens.tsx';
import type { CompletionOffer } from '../../shared/offers.ts';

export function OfferedStage({ offered }: { offered: CompletionOffer }) {
  const ready = useEngineState((s) => s.phase === 'ready');
  const { texts, parsed, plan } = offered.planned;
  return (
    <>
      <p role="status">
        <strong>{parsed.valid ? 'Valid' : 'Invalid'}</strong>
        {parsed.reason === null ? '. ' : `: ${parsed.reason.message} `}
        Read and planned, not scored: log-probabilities, divergences and losses need{' '}
        {ready ? 'its picture and reference answer' : 'a model'}.
      </p>
      <PlannedTokens texts={texts} parsed={parsed} plan={plan} />
    </>
  );
}
