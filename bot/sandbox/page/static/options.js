// What the interactive elements share: sending what was done, and the lists that can be chosen from.

import { askToConfirm } from "./overlays.js";

/** Ask for confirmation where wanted, send, and show that it is under way. */
export async function act(spec, host, fields, control) {
  if (spec.confirm && !(await askToConfirm(spec.confirm, host.context))) return false;
  control?.setAttribute("aria-busy", "true");
  await host.dispatch({ block_id: host.blockId, action_id: spec.action_id, ...fields });
  control?.removeAttribute("aria-busy");
  return true;
}

/** All options of a select with their groups' names. */
export function optionsOf(spec) {
  if (spec.options) return spec.options.map((option) => ({ option }));
  return (spec.option_groups ?? []).flatMap(({ label, options }) => options.map((option) => ({ option, group: label.text })));
}

const people = (context) => [...context.users.values()].filter((user) => !user.is_bot);
const rooms = (context) => [...context.channels.values()].filter((channel) => channel.kind !== "im");

/** Who and what can be chosen, per kind of select: the field it answers with and its entries. */
export const DIRECTORIES = {
  users: { field: "selected_user", initial: "initial_user",
    list: (context) => people(context).map(({ id, real_name, name }) => ({ key: id, text: real_name || name })) },
  channels: { field: "selected_channel", initial: "initial_channel",
    list: (context) => rooms(context).map(({ id, name }) => ({ key: id, text: `# ${name}` })) },
  conversations: {
    field: "selected_conversation",
    initial: "initial_conversation",
    list: (context) => [...DIRECTORIES.channels.list(context), ...DIRECTORIES.users.list(context)],
  },
};
