/** What a null sink took in since it began. */
export interface SinkCounts {
  readonly requests: number;
  readonly bytes: number;
  /** Samples in the bodies it could read: snappy. */
  readonly samples: number;
  /** Requests in another encoding, whose samples it did not count. */
  readonly opaqueRequests: number;
}
