/** A value of an address that the page does not show as it is written there. */
export interface UnusedValue {
  /** Name of the setting, or the key where no setting has it. */
  readonly label: string;
  /** As the address has it. */
  readonly text: string;
  /** Why, and what stands in its place: the end of a sentence that begins with label and text. */
  readonly why: string;
}
