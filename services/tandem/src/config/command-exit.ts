/** Ends a command with an exit code and what to print; not a failure of the program. */
export class CommandExit extends Error {
  override readonly name: string = 'CommandExit';
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
