#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace iochron::pv {

/// How an operation on a PV ended, for both protocols: each wire room maps it to an ECA code or a PVA Status.
enum class Outcome : std::uint8_t {
    ok,
    no_such_channel, ///< no record, field or modifier of that name
    no_read_access,
    no_write_access,
    no_conversion, ///< the value cannot be had as, or made from, that type
    bad_type,
    bad_count,
    get_failed,
    put_failed,   ///< the record refused (DISP, a field that cannot be written)
    disconnected, ///< the peer that has the channel is gone
    cancelled,
    timed_out,
    busy,      ///< another put of this channel waits (ECA_PUTCBINPROG)
    too_large, ///< over a limit of base::Limits
    unsupported,
    internal,
};

/// An outcome with words for people: what was wrong and, where there is one, the remedy. Empty words are fine for ok.
struct Status {
    Outcome outcome = Outcome::ok;
    std::string text;

    Status() = default;
    Status(Outcome o, std::string t = {}) : outcome(o), text(std::move(t)) {}
    [[nodiscard]] bool ok() const { return outcome == Outcome::ok; }
};

/// "no such channel": the words of an outcome, used where a Status has none of its own.
[[nodiscard]] std::string_view to_string(Outcome outcome);

} // namespace iochron::pv
