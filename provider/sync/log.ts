/** Where a follower and its parts write their few lines. */
export interface Log {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
}
