/** JSON text that goes out as it is: for files that must arrive digit for digit. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
