// What a person has entered, in the shape of Slack's `view.state.values`.

export class ValueBook {
  #readers = new Map();

  /** `remembered` holds what was entered before a view was replaced, so that nothing typed is lost. */
  constructor(remembered = {}) {
    this.remembered = remembered;
  }

  add(blockId, actionId, read) {
    this.#readers.set(`${blockId}\n${actionId}`, { blockId, actionId, read });
  }

  before(blockId, actionId) {
    return this.remembered?.[blockId]?.[actionId] ?? null;
  }

  values() {
    const values = {};
    for (const { blockId, actionId, read } of this.#readers.values()) {
      values[blockId] = { ...values[blockId], [actionId]: read() };
    }
    return values;
  }
}
