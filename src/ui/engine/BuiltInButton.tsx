/** Back to the built-in model. */

import { useEngine } from './context.tsx';

export function BuiltInButton({ disabled }: { disabled: boolean }) {
  const engine = useEngine();
  return (
    <button
      type="button"
      className="button"
      disabled={disabled}
      onClick={() => void engine.takeModel(null)}
    >
      Built-in model
    </button>
  );
}
