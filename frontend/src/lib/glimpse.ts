/** What is known of a photo before it is asked for: enough to show something in the right shape at once. */
export interface Glimpse {
  id: string;
  thumb: string;
  thumbhash: string;
  /** Width over height. */
  ratio: number;
}
