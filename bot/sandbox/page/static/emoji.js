// The emoji names that bots and people use most; a name that is not here is shown as it was written.

const EMOJI = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", wave: "👋", clap: "👏", pray: "🙏", ok_hand: "👌",
  raised_hands: "🙌", raised_hand: "✋", muscle: "💪", point_right: "👉", point_up: "☝️", eyes: "👀", eye: "👁️",
  smile: "😄", slightly_smiling_face: "🙂", simple_smile: "🙂", grin: "😁", joy: "😂", wink: "😉", thinking_face: "🤔",
  sweat_smile: "😅", sob: "😭", cry: "😢", tada: "🎉", heart: "❤️", fire: "🔥", rocket: "🚀", star: "⭐", sparkles: "✨",
  boom: "💥", zap: "⚡", bulb: "💡", warning: "⚠️", rotating_light: "🚨", no_entry: "⛔", no_entry_sign: "🚫",
  octagonal_sign: "🛑", x: "❌", heavy_check_mark: "✔️", white_check_mark: "✅", ballot_box_with_check: "☑️",
  question: "❓", exclamation: "❗", information_source: "ℹ️", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", timer_clock: "⏲️", alarm_clock: "⏰", clock1: "🕐",
  clock3: "🕒", clock9: "🕘", calendar: "📆", date: "📅", spiral_calendar_pad: "🗓️", zzz: "💤", sleeping: "😴",
  red_circle: "🔴", large_orange_circle: "🟠", orange_circle: "🟠", large_yellow_circle: "🟡", yellow_circle: "🟡",
  large_green_circle: "🟢", green_circle: "🟢", large_blue_circle: "🔵", blue_circle: "🔵", white_circle: "⚪",
  black_circle: "⚫", large_purple_circle: "🟣", red_square: "🟥", large_red_square: "🟥", large_green_square: "🟩",
  arrow_up: "⬆️", arrow_down: "⬇️", arrow_right: "➡️", arrow_left: "⬅️", arrow_upper_right: "↗️",
  arrow_forward: "▶️", black_right_pointing_triangle: "▶️", double_vertical_bar: "⏸️", pause_button: "⏸️",
  black_square_for_stop: "⏹️", fast_forward: "⏩", repeat: "🔁", arrows_counterclockwise: "🔄",
  leftwards_arrow_with_hook: "↩️", memo: "📝", pencil: "✏️", pencil2: "✏️", clipboard: "📋", page_facing_up: "📄",
  file_folder: "📁", bookmark_tabs: "📑", books: "📚", blue_book: "📘", book: "📖", label: "🏷️", pushpin: "📌",
  round_pushpin: "📍", link: "🔗", paperclip: "📎", email: "📧", envelope: "✉️", phone: "☎️", telephone_receiver: "📞", speech_balloon: "💬",
  bar_chart: "📊", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", moneybag: "💰", dollar: "💵",
  credit_card: "💳", wrench: "🔧", hammer_and_wrench: "🛠️", gear: "⚙️", mag: "🔍", lock: "🔒", unlock: "🔓",
  key: "🔑", scales: "⚖️", heavy_minus_sign: "➖", computer: "💻", desktop_computer: "🖥️", electric_plug: "🔌", package: "📦", office: "🏢", inbox_tray: "📥",
  outbox_tray: "📤", robot_face: "🤖", busts_in_silhouette: "👥", bust_in_silhouette: "👤", technologist: "🧑‍💻",
  ambulance: "🚑", fire_engine: "🚒", helmet_with_white_cross: "⛑️", sos: "🆘", new: "🆕", soon: "🔜", trophy: "🏆",
  coffee: "☕", sunny: "☀️", cloud: "☁️", umbrella: "☔", snowflake: "❄️", ghost: "👻", seedling: "🌱",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", "100": "💯",
};

// Circles are drawn, so that a list says what is late on a machine without emoji, too.
const CIRCLE = /^(?:large_)?(red|orange|yellow|green|blue)_circle$/;

export function circle(name) {
  return CIRCLE.exec(name)?.[1] ?? null;
}

export function emoji(name) {
  return Object.hasOwn(EMOJI, name) ? EMOJI[name] : null;
}
