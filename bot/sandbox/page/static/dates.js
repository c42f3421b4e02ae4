// Instants as a person reads them: always in somebody's zone, always by the workspace's idea of today.

const LOCALE = "en-GB";

function format(epoch, zone, options) {
  try {
    return new Intl.DateTimeFormat(LOCALE, { timeZone: zone, ...options }).format(new Date(epoch * 1000));
  } catch {
    return new Intl.DateTimeFormat(LOCALE, options).format(new Date(epoch * 1000));
  }
}

const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const SHORT_DATE = { day: "numeric", month: "short" };
const LONG_DATE = { weekday: "long", day: "numeric", month: "long" };
const HALF_A_YEAR = 183 * 86400;

export const timeOf = (epoch, zone) => format(epoch, zone, TIME);
export const dayOf = (epoch, zone) => format(epoch, zone, { dateStyle: "short" });
export const clockFace = (epoch, zone) =>
  format(epoch, zone, { weekday: "short", day: "numeric", month: "short", ...TIME, second: "2-digit" }).replace(",", "");
export const fullInstant = (epoch, zone) => format(epoch, zone, { ...LONG_DATE, year: "numeric", ...TIME, timeZoneName: "short" });
/** "America/New_York" as "New York": a zone's short names differ from browser to browser. */
export const placeName = (zone) => zone.split("/").at(-1).replaceAll("_", " ");

/** "Today", "Yesterday", "Tomorrow", or the long date. */
export function dayHeading(epoch, zone, now) {
  return nearDay(epoch, zone, now) ?? format(epoch, zone, { weekday: "long", day: "numeric", month: "long" });
}

function nearDay(epoch, zone, now) {
  const day = dayOf(epoch, zone);
  if (day === dayOf(now, zone)) return "Today";
  if (day === dayOf(now - 86400, zone)) return "Yesterday";
  if (day === dayOf(now + 86400, zone)) return "Tomorrow";
  return null;
}

function ago(seconds) {
  const steps = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const [length, name] = steps.find(([size]) => Math.abs(seconds) >= size) ?? [1, "second"];
  const count = Math.round(-seconds / length);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(count, name);
}

/** Slack's date tokens ("{date_short_pretty} {time}") for one instant. */
export function fillDateFormat(pattern, epoch, zone, now) {
  // Slack leaves the year out where the date is less than six months away.
  const year = Math.abs(epoch - now) < HALF_A_YEAR ? {} : { year: "numeric" };
  const words = {
    date_num: () => format(epoch, zone, { year: "numeric", month: "2-digit", day: "2-digit" }).split("/").reverse().join("-"),
    date_slash: () => dayOf(epoch, zone),
    date: () => format(epoch, zone, { day: "numeric", month: "long", ...year }),
    date_short: () => format(epoch, zone, { ...SHORT_DATE, ...year }),
    date_long: () => format(epoch, zone, { ...LONG_DATE, ...year }),
    time: () => timeOf(epoch, zone),
    time_secs: () => format(epoch, zone, { ...TIME, second: "2-digit" }),
    ago: () => ago(now - epoch),
  };
  for (const name of ["date", "date_short", "date_long"]) {
    words[`${name}_pretty`] = () => nearDay(epoch, zone, now)?.toLowerCase() ?? words[name]();
  }
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(words, name) ? words[name]() : whole));
}
