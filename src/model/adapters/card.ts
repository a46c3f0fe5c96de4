/** The README of an exported adapter or model. */

import { recipeText } from '../../contract/train/stages.ts';
import type { ModelIdentity } from '../../contract/train/train-records.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';

/** What an export came from; settings and step are unknown for an imported adapter. */
export interface Origin {
  readonly base: ModelIdentity;
  readonly run: { readonly settings: TrainSettings; readonly step: number } | null;
}

/** The card of an adapter folder, for the Hugging Face hub. */
export function adapterCard(origin: Origin): string {
  const title = `A LoRA adapter for ${origin.base.name}`;
  return card('peft', title, 'Load it with `PeftModel.from_pretrained(base, folder)`.', origin);
}

/** The card of a folder with merged weights. */
export function modelCard(origin: Origin): string {
  const title = `${origin.base.name}, fine-tuned`;
  const use =
    'Load it with `Qwen2_5_VLForConditionalGeneration.from_pretrained(folder)`. What was trained is folded into the weights.';
  return card('transformers', title, use, origin);
}

function card(library: string, title: string, use: string, { base, run }: Origin): string {
  const lines = [
    '---',
    `library_name: ${library}`,
    'pipeline_tag: image-text-to-text',
    'tags: [qwen2_5_vl]',
    '---',
    '',
    `# ${title}`,
    '',
    'Trained in the browser with the ViGOS Playground.',
    '',
    use,
    '',
    `- Base: ${base.name}; SHA-256 over its weights ${base.fingerprint}`,
  ];
  if (run !== null) {
    const { settings, step } = run;
    lines.push(
      `- Recipe: ${recipeText(settings)}, ${step} of ${settings.steps} steps, seed ${settings.seed}`,
      '',
      '```json',
      JSON.stringify(settings, null, 2),
      '```',
    );
  }
  return `${lines.join('\n')}\n`;
}
