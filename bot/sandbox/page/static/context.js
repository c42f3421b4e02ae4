// What the renderers may ask about the present: who is looking, who is who, and what time it is.

export class Context {
  users = new Map();
  channels = new Map();
  shortcuts = [];
  me = "";

  constructor(now) {
    this.now = now;
  }

  fill(state) {
    this.me = state.me;
    this.shortcuts = state.app.shortcuts ?? [];
    this.users = new Map(state.users.map((user) => [user.id, user]));
    this.channels = new Map(state.channels.map((channel) => [channel.id, channel]));
  }

  get zone() {
    return this.users.get(this.me)?.tz || "UTC";
  }

  channelHref(id) {
    return `#${new URLSearchParams({ as: this.me, channel: id })}`;
  }

  /** How a conversation is called by the person who looks at it. */
  nameOf(channel) {
    const other = channel.kind === "im" ? this.users.get(channel.with) : null;
    return other ? other.real_name || other.name : channel.name;
  }
}
