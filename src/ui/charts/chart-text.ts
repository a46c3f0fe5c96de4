/** What a chart says of itself. */

export interface ChartText {
  readonly id: string;
  readonly title: string;
  /** Stands beside the title. */
  readonly unit: string;
  /** The format writes a unit of its own. */
  readonly ownUnit?: boolean;
  /** One sentence for a person. */
  readonly sentence: string;
  readonly format: (value: number) => string;
  /** Fixed ends of the scale; without them it follows the values. */
  readonly range?: readonly [number, number];
}
