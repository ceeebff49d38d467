/**
 * Samples to be judged one after the other: of each, 16 bytes of one buffer hold the two halves of its series'
 * fingerprint (signed integers), and its time (a double, Unix ms).
 */
export interface SampleList {
  /** The buffer as integers, and as doubles. */
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** Which 16 bytes of the buffer are the first sample's, and how many samples there are. */
  readonly from: number;
  readonly length: number;
}
